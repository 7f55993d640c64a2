"""Columns that every list of decisions about pairs has."""

from django.urls import reverse

from taizhang.kit.lists import Column


def decided(undo: str) -> tuple[Column, ...]:
    """When, by whom, and whether it stands; from there to the page `undo`, for whoever may give it up."""
    return (
        Column("办理日期", "step__on"),
        Column("办理人", "step__by__name", aside=True),
        Column(
            "情况",
            lambda row: f"已撤销（{row.undone.on}）" if row.undone_id else "有效（可撤销）" if undo else "有效",
            link=lambda row: "" if row.undone_id or not undo else reverse(undo, args=[row.pk]),
        ),
    )
