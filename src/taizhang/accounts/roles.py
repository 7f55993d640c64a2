"""The roles, in the office's words, and what they open."""

from django.db import models


class Role(models.TextChoices):
    CLERK = "clerk", "经办人"
    REVIEWER = "reviewer", "审核人"
    LEADER = "leader", "领导"
    UNIT_CLERK = "unit_clerk", "单位经办人"
    UNIT_REVIEWER = "unit_reviewer", "单位审核人"
    UNIT_ADMIN = "unit_admin", "单位管理员"
    OPERATOR = "operator", "社会组织填报员"
    SECRETARY = "secretary", "党组织书记"
    PARTY_CLERK = "party_clerk", "党务专干"
    INSTRUCTOR = "instructor", "指导员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


# The three administrators of GB/T 22239 8.1.5: each excludes the others and every role of the office, and sees no record.
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
SEES_RECORDS = frozenset(set(Role) - set(ADMINISTRATORS))
# An operator may be no Party member and sees counts; names are for the branch secretary or the Party clerk who was named.
SEES_PEOPLE = SEES_RECORDS - {Role.OPERATOR, Role.UNIT_ADMIN, Role.INSTRUCTOR}
# Who opens accounts or gives roles, and therefore sees who holds what.
ADMINISTERS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.UNIT_ADMIN})
# Who sees it for every unit.
OVERSEES = frozenset(ADMINISTRATORS)
