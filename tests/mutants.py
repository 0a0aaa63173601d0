"""`make mutants`: change the ledger's code in one place after the other, and see the tests fail.

A mutant lives in a fork of a test run that has loaded everything: only the code of one
function is another there, or one guard of the database. What no test notices is listed.
They come in a fixed random order, for as long as MINUTES allows.
"""

import ast
import copy
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = ["payments/actions/posting.py", "payments/actions/shares.py"]
TESTS = [f"tests/payments/test_{name}.py" for name in ("ledger", "shares", "stories")]
GUARDED = ("payments_ledger",)
AIM = 85
MINUTES = float(os.environ.get("MINUTES", "30"))

SWAPPED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
OTHER_NAME = {"min": "max", "max": "min", "debit": "credit", "credit": "debit"}
OTHER_SQL = {"< 2": "< 1", "<> 0": "< 0", " OR ": " AND ", "EXISTS": "NOT EXISTS"}


@dataclass(frozen=True)
class CodeMutant:
    """One function of a file, with one thing in it changed."""

    file: str
    line: int
    what: str
    code: object

    def __str__(self):
        return f"{self.file}:{self.line} {self.what}"

    def apply(self):
        """Put the new code into the functions themselves, whoever has imported them."""
        name = self.file.removesuffix(".py").replace("/", ".")
        new = {each.co_qualname: each for each in _inner(self.code)}
        for function in _functions(sys.modules[name]):
            if function.__code__.co_filename == str(ROOT / self.file):
                function.__code__ = new[function.__qualname__]


@dataclass(frozen=True)
class GuardMutant:
    """A guard of the database that asks something else, or is not there."""

    name: str
    condition: str

    def __str__(self):
        return f"guard {self.name}: {self.condition or 'removed'}"

    def apply(self):
        from gigstream.core import guards

        guard = guards._guards.pop(self.name)
        guards.remove()
        _run_drop(guard)
        if self.condition:
            guards._guards[self.name] = replace(guard, condition=self.condition)
        guards.install()


def _run_drop(guard):
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in guard.drop(connection.vendor):
            cursor.execute(statement)


def _inner(code):
    for each in code.co_consts:
        if hasattr(each, "co_qualname"):
            yield each
            yield from _inner(each)


def _functions(owner):
    """What is defined in a module or class, without what is wrapped around it."""
    for each in vars(owner).values():
        plain = each.fget if isinstance(each, property) else each
        plain = getattr(plain, "__wrapped__", plain)
        if isinstance(plain, type):
            yield from _functions(plain)
        elif hasattr(plain, "__code__"):
            yield plain


# --- Making them ----------------------------------------------------------------------


def unchanged():
    """The controls: code and a guard that are put in anew, as they are."""
    from gigstream.core import guards

    for file in FILES:
        path = ROOT / file
        code = compile(ast.parse(path.read_text()), str(path), "exec")
        yield CodeMutant(file, 0, "unchanged", code)
    guard = guards._guards["ledger_transaction_balances"]
    yield GuardMutant(guard.name, guard.condition)


def mutants():
    for file in FILES:
        tree = ast.parse((ROOT / file).read_text())
        for number, node in enumerate(ast.walk(tree)):
            for what, change in _changes(node):
                other = copy.deepcopy(tree)
                same = next(n for i, n in enumerate(ast.walk(other)) if i == number)
                change(same)
                code = compile(
                    ast.fix_missing_locations(other), str(ROOT / file), "exec"
                )
                if _inside_a_function(tree, node):
                    yield CodeMutant(file, node.lineno, what, code)
    yield from _guard_mutants()


def _inside_a_function(tree, node):
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    return any(
        node in set(ast.walk(statement)) for f in functions for statement in f.body
    )


def _changes(node):
    """Each way to change a node, and how."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in SWAPPED:
            yield _named(op), lambda n: n.ops.__setitem__(0, _swapped(op))
        case ast.BinOp(op=op) if type(op) in SWAPPED:
            yield _named(op), lambda n: setattr(n, "op", _swapped(op))
        case ast.BoolOp(op=op):
            yield _named(op), lambda n: setattr(n, "op", _swapped(op))
        case ast.AugAssign(op=op) if type(op) in SWAPPED:
            yield f"{_named(op)} in place", lambda n: setattr(n, "op", _swapped(op))
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield (
                f"without {type(node.op).__name__}",
                lambda n: setattr(n, "op", _without(n.op)),
            )
        case ast.Constant(value=bool()):
            yield f"not {node.value}", lambda n: setattr(n, "value", not n.value)
        case ast.Constant(value=int()):
            yield f"{node.value} + 1", lambda n: setattr(n, "value", n.value + 1)
        case ast.Call(func=ast.Name(id=name)) if name in OTHER_NAME:
            yield name, lambda n: setattr(n.func, "id", OTHER_NAME[n.func.id])
        case ast.IfExp():
            yield "the other way", _turn
        case ast.Return(value=ast.expr()):
            yield "returns None", lambda n: setattr(n, "value", ast.Constant(None))
        case ast.If():
            yield "if never", lambda n: setattr(n, "test", ast.Constant(False))
        case ast.Expr(value=ast.Call()):
            yield "left out", lambda n: setattr(n, "value", ast.Constant(None))


def _named(op):
    return f"{type(op).__name__} is {SWAPPED[type(op)].__name__}"


def _swapped(op):
    return SWAPPED[type(op)]()


def _without(op):
    return ast.UAdd() if isinstance(op, ast.USub) else ast.Not()


def _turn(node):
    node.body, node.orelse = node.orelse, node.body


def _guard_mutants():
    from gigstream.core import guards

    for name, guard in guards._guards.items():
        if not guard.table.startswith(GUARDED):
            continue
        yield GuardMutant(name, "")
        for old, new in OTHER_SQL.items():
            if old in guard.condition:
                yield GuardMutant(name, guard.condition.replace(old, new))


# --- Judging them ---------------------------------------------------------------------


class Judge:
    """A run of pytest that goes through its tests once as they are, then for each mutant."""

    def __init__(self):
        self.survivors, self.score = [], Counter()

    @pytest.hookimpl
    def pytest_runtestloop(self, session):
        from pytest_django.plugin import blocking_manager_key

        self.unblocked = session.config.stash[blocking_manager_key].unblock
        began = time.monotonic()
        self._run_all(session)
        if session.testsfailed:
            return True
        # Endless loops end; what is only slow does not look like them.
        self.patience = 60 + int(5 * (time.monotonic() - began))
        for same in unchanged():
            assert not self._is_found(session, same), "what is not broken was found"
        all_of_them = list(mutants())
        random.Random(1).shuffle(all_of_them)
        for mutant in all_of_them:
            if time.monotonic() > began + 60 * MINUTES:
                break
            self._judge(session, mutant)
        self._tell(len(all_of_them), time.monotonic() - began)
        return True

    def _judge(self, session, mutant):
        kind = getattr(mutant, "file", "payments/guards.py")
        found = self._is_found(session, mutant)
        self.score[kind, found] += 1
        if not found:
            self.survivors.append(mutant)
            print(f"\nlives: {mutant}", flush=True)

    def _run_all(self, session):
        for item, following in zip(
            session.items, [*session.items[1:], session.items[0]], strict=True
        ):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return

    def _is_found(self, session, mutant):
        from django.db import connections

        connections.close_all()
        child = os.fork()
        if not child:
            self._live(session, mutant)
        _pid, status = os.waitpid(child, 0)
        if isinstance(mutant, GuardMutant):
            self._mend()
        return status != 0

    def _live(self, session, mutant):
        """In the fork: 0 if all tests pass all the same."""
        reporter = session.config.pluginmanager.getplugin("terminalreporter")
        session.config.pluginmanager.unregister(reporter)
        signal.alarm(self.patience)
        try:
            with self.unblocked():
                mutant.apply()
            self._run_all(session)
        except BaseException:
            os._exit(1)
        os._exit(1 if session.testsfailed else 0)

    def _mend(self):
        from gigstream.core import guards

        with self.unblocked():
            guards.install()

    def _tell(self, count, seconds):
        print(f"\n{self.score.total()} of {count} in {seconds:.0f} s")
        for kind in sorted({kind for kind, _found in self.score}):
            found, lives = self.score[kind, True], self.score[kind, False]
            print(f"{kind}: {found} of {found + lives} found")
        found = sum(n for (_kind, found), n in self.score.items() if found)
        percent = 100 * found / self.score.total()
        print(f"in all {percent:.0f} %, the aim is {AIM} %")


def main():
    arguments = ["-q", "-p", "no:randomly", "-p", "no:xdist", "-x", *TESTS]
    os.environ.setdefault("TEST_DATABASE_URL", "sqlite:///var/test/mutants.sqlite3")
    judge = Judge()
    code = pytest.main(arguments, plugins=[judge])
    found = sum(n for (_kind, found), n in judge.score.items() if found)
    return code or 100 * found < AIM * judge.score.total()


if __name__ == "__main__":
    sys.exit(main())
