"""How programs and their rules are put before a reader."""

from dataclasses import dataclass

from acrime.common.rendering import Fact
from acrime.iaq.choices import UNDECIDED, ProgramBasis
from acrime.iaq.models import StatusQuery
from acrime.iaq.programs.policy import Rule, Table, Terms
from acrime.iaq.programs.querysets import table_in_force
from routine_uses.choices import Program, RecipientType


@dataclass(frozen=True)
class TermsShown:
    """What the program of a query entails, and how it came by it."""

    rows: list[Fact]
    why: str


def terms_shown(query: StatusQuery) -> TermsShown:
    """The program of a query for its page."""
    table = table_in_force()
    terms = table.terms.get(query.program) if table else None
    rows = [Fact(label="Program", value=query.get_program_display())]
    return TermsShown(rows + (terms_in_words(terms) if terms else []), _why(query))


def terms_in_words(terms: Terms) -> list[Fact]:
    """Letters, recipients and target of a program."""
    who = ", ".join(RecipientType(code).label for code in terms.recipients)
    return [
        Fact(label="Proposed routine uses", value=", ".join(terms.letters) or "None: stays inside"),
        Fact(label="Who may be answered", value=who or "Nobody outside ICE"),
        Fact(label="Answer due after", value=hours_in_words(terms.hours)),
    ]


def hours_in_words(hours: int | None) -> str:
    """A program's own target in words."""
    if hours is None:
        return "The general target"
    return "1 hour" if hours == 1 else f"{hours} hours"


def _why(query: StatusQuery) -> str:
    rules = ", ".join(query.program_rules.split())
    if query.program == UNDECIDED:
        return (
            f"{why_undecided(query)} A supervisor decides what it is for. Its clock runs "
            "meanwhile, and nothing can be approved or released."
        )
    if query.program_basis == ProgramBasis.PERSON:
        return "A person decided it; the history says who and why."
    return f"Chosen by the rules: {rules}." if rules else "Chosen before there were rules."


def why_undecided(query: StatusQuery) -> str:
    """Why no rule decided a query, in one sentence."""
    if query.program_basis == ProgramBasis.DISAGREE:
        return f"These rules disagree: {', '.join(query.program_rules.split())}."
    return "No rule fits this query."


@dataclass(frozen=True)
class ProgramShown:
    """A program as a table lists it."""

    program: str
    label: str
    rows: list[Fact]
    note: str


def terms_of_table(table: Table) -> list[ProgramShown]:
    """The programs of a table, in the order of their choices."""
    return [
        ProgramShown(
            program=code,
            label=str(label),
            rows=[
                Fact(label="Retention item", value=terms.schedule_code, mono=True),
                *terms_in_words(terms),
            ],
            note=terms.note,
        )
        for code, label in Program.choices
        if (terms := table.terms.get(code))
    ]


@dataclass(frozen=True)
class RuleShown:
    """A rule as a table lists it."""

    rule: Rule
    program: str


def rules_shown(table: Table) -> list[RuleShown]:
    """The rules of a table in the order in which they are looked at."""
    return [
        RuleShown(rule, Program(rule.program).label)
        for rule in sorted(table.rules, key=lambda each: (each.rank, each.key))
    ]
