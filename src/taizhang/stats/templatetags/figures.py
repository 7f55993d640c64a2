"""What a figure says where it has no number; built into every template."""

from django import template

from taizhang.stats import answers

register = template.Library()
register.filter("not_known", answers.not_known)
