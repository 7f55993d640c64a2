"""Where people are, kept by PostgreSQL itself: what a statement about somebody adds, and what is left when one is closed."""

import pgtrigger

# The last day of what is said of somebody in one place: open as long as one of the statements is.
LAST = "CASE WHEN bool_or(upper_inf(f.period)) THEN NULL ELSE max(upper(f.period)) END"
ENGAGED = "SELECT f.person_id, o.unit_id, f.period FROM {f} f JOIN orgs_organization o ON o.id = f.organization_id"
HELD = """SELECT f.person_id, o.unit_id, f.period FROM {f} f
    LEFT JOIN party_partyorganization o ON o.id = f.party_organization_id"""


def keeps_presence(said: str) -> list[pgtrigger.Trigger]:
    """For a kind of statement that places a person. Writers come one after the other (decision 10), so each sees what
    stands."""
    standing = "WHERE upper_inf(f.recorded) AND f.person_id IN (SELECT person_id FROM changed)"
    added = f"""
        INSERT INTO members_presence (person_id, unit_id, until)
        SELECT f.person_id, f.unit_id, {LAST} FROM ({said.format(f="changed")}) f GROUP BY 1, 2
        ON CONFLICT (person_id, unit_id) DO UPDATE SET until = CASE
            WHEN members_presence.until IS NULL OR excluded.until IS NULL THEN NULL
            ELSE greatest(members_presence.until, excluded.until) END;
        RETURN NULL;
    """
    closed = f"""
        DELETE FROM members_presence WHERE person_id IN (SELECT person_id FROM changed);
        INSERT INTO members_presence (person_id, unit_id, until)
        SELECT f.person_id, f.unit_id, {LAST} FROM (
            {ENGAGED.format(f="members_engagement")} {standing}
            UNION ALL {HELD.format(f="members_membership")} {standing}
        ) f GROUP BY 1, 2;
        RETURN NULL;
    """
    return [
        pgtrigger.Trigger(
            name=name,
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(new="changed"),
            func=func,
        )
        for name, operation, func in (
            ("is_present", pgtrigger.Insert, added),
            ("is_present_no_more", pgtrigger.Update, closed),
        )
    ]
