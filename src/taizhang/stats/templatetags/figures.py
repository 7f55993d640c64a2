"""What a figure says where it has no number; built into every template."""

from django import template

from taizhang.stats import answers

register = template.Library()
register.filter("not_known", answers.not_known)


@register.filter
def tenth(number: float | None) -> str:
    """One place after the point, none where it is whole."""
    return "—" if number is None else f"{number:.1f}".removesuffix(".0")
