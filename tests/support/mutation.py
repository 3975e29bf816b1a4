"""Mutants of the gate: its rules with one thing changed, its code with one thing changed.

A mutant is killed when some case of the reviewed table is answered otherwise than the
table says. What no case kills, nobody has looked at.
"""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from routine_uses import policy
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import AgencyTag, Answer, Field, Purpose, RecipientType
from routine_uses.policy import Condition, Rule

Judge = Callable[[Any, Rule | None], Any]

# The functions that decide. What only prepares or presents is left alone.
DECIDING = {
    "judge",
    "_ground",
    "_refused_recipient",
    "_refused_content",
    "_refused_conditions",
    "_refused_agreements",
    "_reference_in",
    "_needs",
    "_asked",
    "_met",
    "_answered",
    "_approved",
    "_refused",
    "_quote",
}


@dataclass(frozen=True)
class Mutant:
    """One changed gate. ``ground`` is the letter or paragraph that it concerns, or empty."""

    name: str
    ground: str
    judge: Judge


def mutants_of_rules(rules: Mapping[str, Rule]) -> Iterator[Mutant]:
    """Every rule's outcome flipped, and every part of every rule dropped or widened."""
    for letter, rule in rules.items():
        yield from _of_ground(letter, rule, _in_place_of_rule)
    for paragraph, rule in policy.PARAGRAPHS.items():
        yield from _of_ground(paragraph, rule, _in_place_of_paragraph(paragraph))
    for protection, guard in policy._GUARDS.items():
        yield Mutant(
            f"{protection}: its question is not asked",
            "",
            _with(
                policy,
                "_GUARDS",
                {
                    **policy._GUARDS,
                    protection: replace(guard, condition=_ALWAYS_MET),
                },
            ),
        )
        yield Mutant(
            f"{protection}: not known",
            "",
            _with(policy, "_GUARDS", {k: v for k, v in policy._GUARDS.items() if k != protection}),
        )

    for what, change in _of_approval(policy._ACCURACY):
        yield Mutant(f"accuracy: {what}", "", _with(policy, "_ACCURACY", change))


def _of_approval(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """An approval taken for less than it is, or for another."""
    for answer in (Answer.REFERENCE, Answer.YES):
        yield f"{condition.key} is content with a {answer}", replace(condition, answer=answer.value)
    for kind in ApprovalKind.values:
        if kind != condition.approval:
            yield f"{condition.key} wants {kind}", replace(condition, approval=kind)


# Answered by whatever else was answered: a question that is not asked.
_ALWAYS_MET = Condition("fingerprint_based", "")


def _of_ground(name: str, rule: Rule, place: Callable[[Rule], Judge]) -> Iterator[Mutant]:
    def made(what: str, **changed: Any) -> Mutant:
        return Mutant(f"{name}: {what}", name, place(replace(rule, **changed)))

    yield Mutant(f"{name}: outcome flipped", name, _flipped)
    for number, condition in enumerate(rule.conditions):
        others = (*rule.conditions[:number], *rule.conditions[number + 1 :])

        def changed(*instead: Condition, at: int = number) -> tuple[Condition, ...]:
            return (*rule.conditions[:at], *instead, *rule.conditions[at + 1 :])

        yield made(f"condition {condition.key} dropped", conditions=others)
        for value in condition.accepted:
            left = tuple(each for each in condition.accepted if each != value)
            yield made(
                f"{condition.key} no longer accepts {value}",
                conditions=changed(replace(condition, accepted=left)),
            )
        if condition.answer == Answer.CHOICE.value:
            yield made(
                f"{condition.key} accepts anything",
                conditions=changed(replace(condition, answer=Answer.REFERENCE.value)),
            )
        if condition.answer == Answer.REFERENCE.value:
            yield made(
                f"{condition.key} is content with a yes",
                conditions=changed(replace(condition, answer=Answer.YES.value)),
            )
        if condition.answer == Answer.APPROVAL.value:
            for what, instead in _of_approval(condition):
                yield made(what, conditions=changed(instead))
        if condition.agreement:
            yield made(
                f"{condition.key} rests on no agreement",
                conditions=changed(replace(condition, agreement=False)),
            )
    for kind in sorted(rule.recipients):
        yield made(f"no longer reaches {kind}", recipients=rule.recipients - {kind})
    yield made("reaches every kind", recipients=frozenset(RecipientType.values))
    for tag in sorted(rule.tags):
        yield made(f"no longer reaches {tag}", tags=_not_empty(rule.tags - {tag}))
    if rule.tags:
        yield made("reaches every body", tags=frozenset({*AgencyTag.values, ""}))
    if rule.excluded:
        yield made("shuts out nobody", excluded=frozenset())
    for purpose in sorted(rule.purposes):
        yield made(f"no longer serves {purpose}", purposes=_not_empty(rule.purposes - {purpose}))
    if rule.purposes:
        yield made("serves every purpose", purposes=frozenset(Purpose.values))
    for code in sorted(rule.only_fields):
        yield made(f"no longer carries {code}", only_fields=_not_empty(rule.only_fields - {code}))
    if rule.only_fields:
        yield made("carries everything", only_fields=frozenset(Field.values))


def _not_empty(values: frozenset[str]) -> frozenset[str]:
    # An empty set means no limit; what is meant here is that nothing fits.
    return values or frozenset({"NOTHING"})


def _in_place_of_rule(changed: Rule) -> Judge:
    return lambda request, rule: policy.judge(request, changed if rule else None)


def _in_place_of_paragraph(paragraph: str) -> Callable[[Rule], Judge]:
    return lambda changed: _with(policy, "PARAGRAPHS", {**policy.PARAGRAPHS, paragraph: changed})


def _with(module: ModuleType, name: str, value: object) -> Judge:
    def judged(request: Any, rule: Rule | None) -> Any:
        kept = getattr(module, name)
        setattr(module, name, value)
        try:
            return policy.judge(request, rule)
        finally:
            setattr(module, name, kept)

    return judged


def _flipped(request: Any, rule: Rule | None) -> Any:
    verdict = policy.judge(request, rule)
    other = policy.Outcome.REFUSED if verdict.allowed else policy.Outcome.ALLOWED
    return replace(verdict, outcome=other)


# region: mutants of the code
def mutants_of_code() -> Iterator[Mutant]:
    """The deciding functions, each with one test, operand, operator or step changed."""
    for function in _deciding_functions():
        for number in range(len(_changes_within(function))):
            changed = copy.deepcopy(function)
            what, node, make = _changes_within(changed)[number]
            before = ast.unparse(node).splitlines()[0]
            make()
            line = getattr(node, "lineno", function.lineno)
            yield Mutant(f"policy.py {line}: {what}: {before}", "", _judge_with(changed))


def _deciding_functions() -> list[ast.FunctionDef]:
    assert policy.__file__
    tree = ast.parse(Path(policy.__file__).read_text(encoding="utf-8"))
    found = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in DECIDING
    ]
    assert {function.name for function in found} == DECIDING
    return found


def _judge_with(changed: ast.FunctionDef) -> Judge:
    """``judge`` of a copy of the policy in which one function is *changed*."""
    # Functions look each other up in their globals, so the copies share new ones.
    copied: dict[str, Any] = dict(vars(policy))
    for name in DECIDING:
        function = vars(policy)[name]
        copied[name] = FunctionType(
            function.__code__, copied, name, function.__defaults__, function.__closure__
        )
    module = ast.fix_missing_locations(ast.Module([changed], []))
    exec(compile(module, str(policy.__file__), "exec"), copied)  # noqa: S102
    judged: Judge = copied["judge"]
    return judged


def _changes_within(
    function: ast.FunctionDef,
) -> list[tuple[str, ast.AST, Callable[[], None]]]:
    """Every change that can be made in *function*: in words, at which node, and the making."""
    # Annotations and docstrings decide nothing.
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    return [(what, node, make) for node in nodes for what, make in _changes(node)]


_OPPOSITES: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
}


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[], None]]]:
    """What can be changed at *node*, each with what makes the change."""
    if isinstance(node, ast.If | ast.IfExp):
        for word, value in (("always", True), ("never", False)):
            yield f"the test holds {word}", _set(node, "test", ast.Constant(value))
    if isinstance(node, ast.comprehension):
        for place in range(len(node.ifs)):
            yield "a filter is gone", _set_item(node.ifs, place, ast.Constant(True))
    if isinstance(node, ast.BoolOp):
        neutral = isinstance(node.op, ast.And)
        for place in range(len(node.values)):
            yield (
                f"operand {place + 1} is gone",
                _set_item(node.values, place, ast.Constant(neutral)),
            )
        yield "and for or", _set(node, "op", ast.Or() if neutral else ast.And())
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _OPPOSITES:
        yield "the comparison is turned", _set_item(node.ops, 0, _OPPOSITES[type(node.ops[0])]())
        if isinstance(node.ops[0], ast.GtE):
            yield "the bound is shut out", _set_item(node.ops, 0, ast.Gt())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not is gone", _drop_not(node)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield):
        yield "nothing is told", _set(node, "value", ast.Constant(None))
    if isinstance(node, ast.List):
        for item in node.elts:
            if isinstance(item, ast.Starred):
                yield (
                    f"{ast.unparse(item)} is left out",
                    _set(item, "value", ast.Tuple([], ast.Load())),
                )
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant | ast.IfExp):
        for instead in (True, False, None):
            if not (isinstance(node.value, ast.Constant) and node.value.value is instead):
                yield f"returns {instead}", _set(node, "value", ast.Constant(instead))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "any":
        yield "all for any", _set(node.func, "id", "all")


def _set(node: ast.AST, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, name, value)


def _set_item(items: list[Any], place: int, value: object) -> Callable[[], None]:
    def make() -> None:
        items[place] = value

    return make


def _drop_not(node: ast.UnaryOp) -> Callable[[], None]:
    def make() -> None:
        # "not not x" is x as a truth.
        node.operand = ast.UnaryOp(ast.Not(), node.operand)

    return make


# endregion
