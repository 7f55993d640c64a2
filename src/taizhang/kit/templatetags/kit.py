"""Tags of every page; built in, so that no template has to load them."""

from django import template

register = template.Library()
