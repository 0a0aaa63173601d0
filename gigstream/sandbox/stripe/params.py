"""Stripe's parameters: a flat form whose names say how it nests."""

import re
from collections.abc import Mapping
from typing import Any

from gigstream.sandbox.stripe.errors import invalid
from gigstream.sandbox.web import Pairs

Params = Mapping[str, Any]


def nest(pairs: Pairs) -> dict[str, Any]:
    """Turn `a[b]=1&c[]=2&c[0]=3` into dictionaries and lists."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        _plant(tree, re.findall(r"[^\[\]]+|\[\]", name) or [name], value)
    return {name: _with_lists(value) for name, value in tree.items()}


def _plant(tree: dict[str, Any], path: list[str], value: str) -> None:
    *branches, leaf = path
    for branch in branches:
        tree = tree.setdefault(branch, {})
        if not isinstance(tree, dict):
            raise invalid(f"Invalid parameter: {branch}", param=branch)
    tree[str(len(tree)) if leaf == "[]" else leaf] = value


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    fields = {name: _with_lists(child) for name, child in value.items()}
    if fields and all(name.isdigit() for name in fields):
        return [fields[name] for name in sorted(fields, key=int)]
    return fields


def only_known(params: Params, known: set[str]) -> None:
    """Refuse a parameter that Stripe would refuse."""
    for name in params:
        if name not in known:
            message = f"Received unknown parameter: {name}"
            raise invalid(message, code="parameter_unknown", param=name)


def required(params: Params, name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        message = f"Missing required param: {name}."
        raise invalid(message, code="parameter_missing", param=name)
    return value


def integer(params: Params, name: str) -> int:
    value = required(params, name)
    if not re.fullmatch(r"-?[0-9]{1,12}", value):
        message = f"Invalid integer: {value}"
        raise invalid(message, code="parameter_invalid_integer", param=name)
    return int(value)


def fields(params: Params, name: str) -> dict[str, str]:
    """A parameter that holds named texts, like `metadata`."""
    value = params.get(name) or {}
    if not isinstance(value, dict):
        raise invalid(f"Invalid hash: {name}", param=name)
    return {key: text for key, text in value.items() if isinstance(text, str)}
