"""Promises about the code base that a machine can keep. Nothing here needs a database.

Every list of exceptions below says why each one may be; adding to it is a decision.
"""

import ast
import inspect
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLResolver, get_resolver

from gigstream.core import invariants
from gigstream.core.jobs.registry import resolve, schedules
from payments.actions.events import HANDLERS

ROOT = Path(__file__).resolve().parents[1]
APPS = [
    "accounts",
    "admin_panel",
    "gigs",
    "gigstream",
    "messaging",
    "orders",
    "payments",
]
TEMPLATES = ROOT / "templates"

# What a person without an account may open. All else asks for a login.
PUBLIC = {
    "account_confirm_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "accounts:confirm_new_email",  # the signed link in a mail to a new address
    "accounts:profile",
    "accounts:resend_confirmation",
    "accounts:switch_user",  # 404 unless the sandbox is there; only the demo people
    "core:close_announcement",
    "core:csp_report",
    "core:favicon",
    "core:healthz",
    "core:manifest",
    "core:offline",
    "core:service_worker",
    "core:metrics",  # 404 without its token
    "core:readyz",
    "core:robots",
    "core:styleguide",  # 404 unless the sandbox is there
    "core:vitals",
    # Logging in with another company: 404 where that company is not set up.
    "github_callback",
    "github_login",
    "google_callback",
    "google_login",
    "gigs:categories",
    "gigs:category",
    "gigs:detail",
    "gigs:home",
    "gigs:market",
    "gigs:more",
    "core:about",
    "core:help",
    "core:privacy",
    "core:terms",
    "gigs:suggestions",
    "gigs:sitemap",
    "gigs:sitemap_pages",
    "gigs:sitemap_part",
    "gigs:save",  # a visitor's heart leads to the login and back
    "orders:gig_reviews",
    "orders:person_reviews",
    # The second step of a login, and the login by passkey.
    "mfa_authenticate",
    "mfa_login_webauthn",
    # Whoever holds the signed link of a mail may do what it says.
    "messaging:confirm",
    "messaging:leave",
    "messaging:stop_mails",
    "messaging:contact",
    "messaging:subscribe",
    "accounts:mail_webhook",  # Resend's signature is the login
    "payments:webhook",  # Stripe's signature is the login
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "socialaccount_signup",
}
# Each has a proof of its own: Stripe's signature; the signed address of a mail, which mail
# programs post to; a report that changes nothing; and for strangers, that the form is ours.
CSRF_EXEMPT = {
    "accounts:mail_webhook",
    "accounts:switch_user",
    "core:close_announcement",
    "core:csp_report",
    "core:vitals",
    "gigs:save",
    "messaging:leave",
    "messaging:stop_mails",
    "messaging:subscribe",
    "payments:webhook",
}

# A job is its dotted name; a row of the cache is what it is asked by; SQLite knows the
# words of a listing by its number, which no page shows.
NATURAL_KEYS = {"core.PeriodicJob", "core.CacheRow", "gigs.Listing"}
UNCHECKED_CHOICES = {
    # Chosen from a list that a library keeps, and only ever shown.
    "accounts.User.country",
    "payments.PayoutMethod.country",
}
SAFE_IN_TEMPLATES = {
    # Help texts are ours, or Django's list of password rules, which is HTML.
    "components/_field_notes.html": 1,
}
SAFE_IN_PYTHON = {
    # What the operator wrote, as the parser writes it: it escapes all else.
    "gigstream/core/words.py",
    "gigstream/core/jsonld.py",  # JSON for a script element, with <, > and & escaped before
    # What a seller wrote, as the parser of gigs/marked.py writes it: it escapes all else.
    "gigs/templatetags/gigs.py",
    # A message, as Django's urlize writes it: it escapes all but the links that it makes.
    "messaging/templatetags/messaging.py",
}
# Services' functions that only look at what they are given, and call nobody.
OFFLINE = {
    "account_of",
    "intent_of",
    "is_livemode",
    "payout_of",
    "picture_url",
    "push",  # waits for the commit, then for nobody
    "read_event",
    "refund_of",
    "transfer_of",
}
BRAND = {"gigstream", "| GigStream"}


# --- Views --------------------------------------------------------------------


def _views(patterns, namespace=""):
    """Every named view behind the URLconf, as `app:name`."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _views(entry.url_patterns, inner)
        else:
            yield f"{namespace}{entry.name or entry.pattern}", entry.callback


@cache
def _all_views():
    """But for the operations of the API: they say by themselves who may ask."""
    named = dict(_views(get_resolver().url_patterns))
    return {name: view for name, view in named.items() if not name.startswith("api:")}


def test_only_the_listed_views_are_open_to_everybody():
    public = {
        name
        for name, view in _all_views().items()
        if not getattr(view, "login_required", True)
    }

    assert public == PUBLIC


def test_only_the_listed_views_take_posts_without_a_csrf_token():
    exempt = {
        name
        for name, view in _all_views().items()
        if getattr(view, "csrf_exempt", False)
    }

    assert exempt == CSRF_EXEMPT


# --- Python -------------------------------------------------------------------


@cache
def _sources():
    """Every Python file of the apps, parsed, under its path in the repository."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text())
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
    }


def _calls(tree):
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _last_name(call):
    """The name that a call ends in: `post` of `payments.actions.post(…)`."""
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def _where(path, node):
    return f"{path}:{node.lineno}"


def test_every_task_that_is_enqueued_exists_and_takes_these_arguments():
    enqueued = [
        (path, call)
        for path, tree in _sources().items()
        for call in _calls(tree)
        if _last_name(call) == "enqueue" and call.args
    ]

    assert len(enqueued) > 5, "the search itself is broken"
    for path, call in enqueued:
        name = call.args[0]
        assert isinstance(name, ast.Constant), f"{_where(path, call)}: not a literal"
        given = {word.arg for word in call.keywords} - {"delay"}
        inspect.signature(resolve(name.value).func).bind(**dict.fromkeys(given))


def _openings(node):
    """The expressions under which a function or a block runs: decorators, or `with` items."""
    if isinstance(node, ast.FunctionDef):
        return node.decorator_list
    return (
        [item.context_expr for item in node.items] if isinstance(node, ast.With) else []
    )


def _transactions(tree):
    """The functions and `with` blocks that run in a transaction of their own."""
    for node in ast.walk(tree):
        if any("transaction.atomic" in ast.unparse(each) for each in _openings(node)):
            yield node


def _service_names(tree):
    """What a file calls the modules of gigstream.services, and what it takes from them."""
    modules, functions = set(), set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        names = {alias.asname or alias.name for alias in node.names}
        if node.module == "gigstream.services":
            modules |= names
        elif node.module.startswith("gigstream.services."):
            functions |= {name for name in names if name[0].islower()}
    return modules, functions


def _network_calls(node, tree):
    modules, functions = _service_names(tree)
    for call in _calls(node):
        target, name = call.func, _last_name(call)
        is_service = (isinstance(target, ast.Name) and name in functions) or (
            isinstance(target, ast.Attribute)
            and isinstance(target.value, ast.Name)
            and target.value.id in modules
            and name[0].islower()
        )
        if is_service and name not in OFFLINE:
            yield call


def _functions_of_actions():
    """The verbs and their helpers, by name: what a transaction may call in turn."""
    return {
        node.name: (path, tree, node)
        for path, tree in _sources().items()
        if "actions" in path
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def test_no_transaction_waits_for_another_company():
    functions = _functions_of_actions()
    waiting = [
        (path, tree, node)
        for path, tree in _sources().items()
        for node in _transactions(tree)
    ]
    seen, found = set(), []

    assert len(waiting) > 20, "the search itself is broken"
    while waiting:
        path, tree, node = waiting.pop()
        if (path, node.lineno) in seen:
            continue
        seen.add((path, node.lineno))
        found += [_where(path, call) for call in _network_calls(node, tree)]
        waiting += [
            functions[name]
            for call in _calls(node)
            if (name := _last_name(call)) in functions
        ]

    assert found == []


def test_money_is_never_a_float():
    found = [
        f"{model._meta.label}.{field.name}"
        for model in _our_models()
        for field in model._meta.local_fields
        if isinstance(field, models.FloatField)
    ]

    assert found == []


def test_only_template_tags_declare_text_to_be_safe():
    marks = {"mark_safe", "SafeString", "SafeText"}
    found = {
        path
        for path, tree in _sources().items()
        if not path.startswith("gigstream/core/templatetags/")
        for call in _calls(tree)
        if _last_name(call) in marks
    }

    assert found == SAFE_IN_PYTHON


def test_every_form_and_admin_page_names_its_fields():
    found = [
        _where(path, node)
        for path, tree in _sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and "fields" in {getattr(target, "id", "") for target in node.targets}
        and isinstance(node.value, ast.Constant)
        and node.value.value == "__all__"
    ]

    assert found == []


# --- Models -------------------------------------------------------------------


def _our_models():
    return [
        model
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in APPS
    ]


def _checked_fields(model):
    """The fields that some CHECK constraint compares with a list."""
    lists = re.compile(r"'(\w+)__in'")
    return {
        name
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
        for name in lists.findall(str(constraint.condition))
    }


def test_the_database_knows_every_value_that_a_choice_may_take():
    unchecked = {
        f"{model._meta.label}.{field.name}"
        for model in _our_models()
        for field in model._meta.local_fields
        if field.choices and field.name not in _checked_fields(model)
    }

    assert unchecked == UNCHECKED_CHOICES


def test_every_row_has_a_uuid_for_its_key():
    others = {
        model._meta.label
        for model in _our_models()
        if not isinstance(model._meta.pk, models.UUIDField)
    }

    assert others == NATURAL_KEYS


# --- Templates ----------------------------------------------------------------

COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
FIRST_COMMENT = re.compile(
    rf"\A(\s*\{{% load [^%]*%\}})*\s*({COMMENT.pattern})", re.DOTALL
)
BANNED = {
    "a style attribute": r"\sstyle\s*=",
    "a handler attribute": r"<[^>]*\son[a-z]+\s*=",
    "hx-on": r"hx-on",
    "a js: value": r"[\"']js:",
    "a trigger filter": r"hx-trigger=\"[^\"]*\[",
    "a javascript: address": r"javascript:",
    "autoescape off": r"autoescape\s+off",
    "a script without a nonce": r"<script(?![^>]*\snonce=)",
    "a style element without a nonce": r"<style(?![^>]*\snonce=)",
}


@cache
def _templates():
    return {
        path.relative_to(TEMPLATES).as_posix(): path.read_text()
        for path in sorted(TEMPLATES.rglob("*.html"))
    }


def _pages():
    """Templates that a browser gets; mails have no content policy, and need <style>."""
    return {
        name: text
        for name, text in _templates().items()
        if not name.startswith("emails/")
    }


def _fragments():
    return {
        name: text
        for name, text in _pages().items()
        if re.search(r"/_(?!layout\.)\w+\.html$", name)
    }


def test_every_fragment_says_what_it_needs_and_stands_alone():
    silent = [
        name
        for name, text in _fragments().items()
        if not (first := FIRST_COMMENT.match(text)) or "ontext" not in first.group(2)
    ]
    extending = [name for name, text in _fragments().items() if "{% extends" in text]

    assert len(_fragments()) > 20, "the search itself is broken"
    assert silent == []
    assert extending == []


@pytest.mark.parametrize("what", BANNED)
def test_no_page_has(what):
    banned = re.compile(BANNED[what], re.IGNORECASE)

    found = [
        name for name, text in _pages().items() if banned.search(COMMENT.sub("", text))
    ]

    assert found == []


def test_text_is_escaped_everywhere_but_where_we_say():
    unescaped = {
        name: len(found)
        for name, text in _templates().items()
        if (found := re.findall(r"\|\s*safe(?:seq)?\b", COMMENT.sub("", text)))
    }

    assert unescaped == SAFE_IN_TEMPLATES


def _untranslated(text):
    """The words of a template that no translator gets to see."""
    text = COMMENT.sub("", text)
    text = re.sub(
        r"\{% blocktranslate.*?\{% endblocktranslate %\}", "", text, flags=re.DOTALL
    )
    text = re.sub(r"<(style|script|svg)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "\0", text, flags=re.DOTALL)
    spoken = re.findall(r"\b(?:aria-label|placeholder|title|alt)=\"([^\"]*)\"", text)
    between = re.split("\0|<[^>]*>|&\\w+;", text)
    words = {each.strip() for each in [*between, *spoken]}
    return {each for each in words if re.search(r"[A-Za-z]{2,}", each)} - BRAND


def test_every_word_of_a_page_can_be_translated():
    found = {
        name: words
        for name, text in _templates().items()
        # The style guide speaks to whoever builds pages.
        if not name.startswith("core/styleguide") and (words := _untranslated(text))
    }

    assert found == {}


def test_the_search_for_untranslated_words_finds_some():
    page = '<h1>Hello</h1><p>{% translate "Fine" %}</p><img alt="A cat"> {{ name }} &middot;'

    assert _untranslated(page) == {"Hello", "A cat"}


# --- What git keeps -----------------------------------------------------------


@cache
def _tracked():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name]


def test_git_keeps_nothing_that_is_built_or_belongs_to_others():
    foreign = re.compile(
        r"(^|/)(node_modules|build|var|dist|vendor|\.venv|__pycache__)/"
        r"|\.min\.(js|css)$|\.(woff2?|ttf|otf|pyc|mo|sqlite3|whl|map)$|(^|/)\.env$"
    )

    assert [name for name in _tracked() if foreign.search(name)] == []


def test_the_locks_name_no_registry():
    # npm's lock keeps the addresses at which projects ask for donations, under "url".
    addresses = re.compile(
        r'"resolved"|^(?!\s*"url").*https?://|--\S*(index|links)', re.M
    )
    locks = [ROOT / "package-lock.json", *sorted((ROOT / "requirements").glob("*.txt"))]

    found = {
        path.name: hit[0]
        for path in locks
        if (hit := addresses.search(path.read_text()))
    }

    assert len(locks) == 4
    assert found == {}


# --- What the documents say ---------------------------------------------------


def _first_column(document, heading):
    """The first cells of the table below a heading, without backticks."""
    section = (ROOT / "docs" / document).read_text().partition(f"## {heading}\n")[2]
    rows = re.findall(
        r"^\| `?([^|`]+?)`? \|", section.partition("\n## ")[0], re.MULTILINE
    )
    return rows[2:]


def test_the_operations_page_lists_every_periodic_job():
    listed = _first_column("operations.md", "Periodic jobs")

    ours = {name for name in schedules if name.partition(".")[0] in APPS}
    assert sorted(listed) == sorted(ours)


def test_the_operations_page_names_every_event_that_we_act_upon():
    page = (ROOT / "docs" / "operations.md").read_text()

    named = re.findall(
        r"`((?:payment_intent|setup_intent|charge|refund|account|transfer|payout)\.[\w.]+)`",
        page,
    )
    assert set(named) == set(HANDLERS)


def test_the_money_page_lists_every_invariant():
    listed = _first_column("money.md", "What must always hold")

    assert listed == list(invariants.rules())


def test_every_link_between_the_documents_leads_somewhere():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert len(pages) > 5
    assert dead == []
