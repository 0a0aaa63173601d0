"""What pages about logging in need to know."""

from django import template

from accounts import security, social

register = template.Library()


@register.simple_tag
def other_logins() -> list[social.Company]:
    """The companies whose login can be used here."""
    return social.companies()


@register.filter
def spoken_browser(user_agent: str) -> str:
    return security.spoken_browser(user_agent)


@register.filter
def company_name(key: str) -> str:
    return social.NAMES.get(key, key)
