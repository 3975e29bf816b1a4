"""The statement that finds people: candidates from the index, ranked, then who may be seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from acrime.individuals.finding.wanted import Spellings

# Names that are compared letter by letter, and people that are ranked, at most. A wider
# second look ranks this many times more.
MOST_NAMES = 6000
MOST_RANKED = 500
WIDER = 10

# People with one of the numbers, or at the address, at most.
MOST_NUMBERED = 1000

# Who scores less is not shown.
FLOOR = 0.4

# What evidence weighs. A score is the mean of what was asked.
NAME, BIRTH, PLACE, ADDRESS = 0.7, 0.3, 0.1, 0.2
# What is not the spelling as asked counts a little less, and so does another sex.
OTHER_SPELLING = 0.97
OTHER_SEX = 0.95
# Whoever has none of the numbers asked counts less than whoever has one.
NO_NUMBER = 0.95
# A number leaves this much of the doubt. It never takes all of it: two people can have one.
DOUBT = 0.1

# A name with every word asked in it fits at least so well, however many more it has; and one
# with each of them misspelled.
ALL_WORDS, ALL_MISSPELLED = 0.8, 0.55
_ABOVE = 0.2

_PEOPLE = "SELECT s.individual_id, s.trigrams, s.tokens, s.born FROM individual_search s"
_OF_FOUND = """(
    SELECT individual_id, coalesce(s.trigrams, '{}'), coalesce(s.tokens, '{}'),
        coalesce(s.born, '{}')
    FROM %s LEFT JOIN individual_search s USING (individual_id))"""
_SAME_PLACE = """coalesce((
    SELECT max((upper(value) = upper(%s))::int) FROM individual_birth_place p
    WHERE p.individual_id = fitting.individual_id), 0.5)"""
_NUMBERED = """
    SELECT individual_id, count(DISTINCT kind) AS numbers FROM individual_identifier
    WHERE digest = ANY(%s) GROUP BY individual_id ORDER BY individual_id LIMIT %s"""
_ADDRESSED = """
    SELECT DISTINCT individual_id FROM individual_address
    WHERE to_tsvector('simple', street || ' ' || city || ' ' || region || ' ' || postal_code
        || ' ' || country) @@ plainto_tsquery('simple', %s)
    ORDER BY individual_id LIMIT %s"""


@dataclass(frozen=True)
class Asked:
    """What a statement is made of.

    Attributes:
        misspelled: for each word asked, the words of names it may stand for; empty in the
            first look, which goes by sound and date alone.
        digests: keyed hashes of the numbers asked.
    """

    spellings: Spellings
    born: int = 0
    sex: str = ""
    birth_place: str = ""
    address: str = ""
    digests: Sequence[bytes] = ()
    misspelled: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Window:
    """Which of the ranked are wanted.

    Attributes:
        visible: the condition on the table ``record`` under which somebody may be seen, with
            its values.
        first: how many are passed over; ``rows`` follow, and one more if there is one.
        ranked: how many are ranked.
    """

    visible: tuple[str, Sequence[Any]]
    first: int
    rows: int
    ranked: int = MOST_RANKED


Statement = tuple[str, list[Any]]


def statement(asked: Asked, window: Window) -> Statement:
    """Rows of individual, score, whether to be seen, and whether more might be ranked.

    First those to be seen, then those that the window would hold if all were. The condition
    is put to those ranked only, reached by primary key: put to the index, it would be asked
    of every name there is.
    """
    names, name_values = _names(asked)
    shared, shared_values = _shared(asked.spellings.lines)
    alike, alike_values = _alike(asked)
    fit, fit_values = _fit(asked)
    score, score_values = _score(asked)
    others, other_values = _otherwise(asked)
    joins = "".join(f" LEFT JOIN {name} USING (individual_id)" for name in others)
    if asked.sex:
        joins += " JOIN individual ON individual.record_id = fitting.individual_id"
    condition, condition_values = window.visible
    sql = f"""
WITH {"".join(f"{name} AS MATERIALIZED ({each}), " for name, each in others.items())}
names (individual_id, trigrams, tokens, born) AS ({names}),
shared AS MATERIALIZED (
    SELECT individual_id, tokens, born, icount(trigrams) AS size{shared} FROM names
),
compared AS MATERIALIZED (SELECT individual_id, born, {alike} AS alike FROM shared),
fitting AS MATERIALIZED (
    SELECT individual_id, max({fit}) AS fit FROM compared GROUP BY individual_id
),
scored AS MATERIALIZED (SELECT fitting.individual_id, {score} AS score FROM fitting{joins}),
ranked AS MATERIALIZED (
    SELECT individual_id, score, count(*) OVER () AS weighed FROM scored WHERE score >= %s
    ORDER BY score DESC, individual_id LIMIT %s
),
told AS (
    SELECT individual_id, score, weighed, {condition} AS visible,
        row_number() OVER (ORDER BY score DESC, individual_id) AS place
    FROM ranked JOIN record ON record.id = ranked.individual_id
),
placed AS (
    SELECT *, row_number() OVER (PARTITION BY visible ORDER BY place) AS seen_place FROM told
)
SELECT individual_id, score, visible, seen_place, place, weighed
FROM placed JOIN individual ON record_id = individual_id AND merged_into_id IS NULL
WHERE (visible AND seen_place > %s AND seen_place <= %s) OR (place > %s AND place <= %s)
ORDER BY place"""  # noqa: S608 - made of the words of this file; values are bound
    last = window.first + window.rows
    values: list[Any] = [
        *other_values,
        *name_values,
        *shared_values,
        *alike_values,
        *fit_values,
        *score_values,
        *(FLOOR, window.ranked),
        *condition_values,
        *(window.first, last + 1, window.first, last),
    ]
    return sql, values


def _otherwise(asked: Asked) -> tuple[dict[str, str], list[Any]]:
    """Who is found by something else than a name, by the name of the part that finds them."""
    parts: dict[str, str] = {}
    values: list[Any] = []
    if asked.digests:
        parts["numbered"] = _NUMBERED
        values += [list(asked.digests), MOST_NUMBERED]
    if asked.address:
        parts["addressed"] = _ADDRESSED
        values += [asked.address, MOST_NUMBERED]
    return parts, values


def _names(asked: Asked) -> Statement:
    """The names that are compared: by keys, by misspelled words, of people otherwise found."""
    arms: list[str] = []
    values: list[Any] = []

    def arm(condition: str, *given: object) -> None:
        arms.append(f"({_PEOPLE} WHERE {condition} LIMIT %s)")
        values.extend([*given, MOST_NAMES])

    words = list(asked.spellings.words)
    if words or asked.born:
        arm("s.keys && individual_wanted_keys(%s::text[], %s, FALSE)", words, asked.born)
    if asked.misspelled:
        condition, given = _by_words(asked.misspelled)
        arm(condition, *given)
        if asked.born:
            near = [word for each in asked.misspelled for word in each[:_NEAREST]]
            arm("s.keys && individual_wanted_keys(%s::text[], %s, FALSE)", near, asked.born)
    arms += [_OF_FOUND % part for part in _otherwise(asked)[0]]
    # Whoever asks for nothing meets nobody.
    return " UNION ALL ".join(arms or [f"{_PEOPLE} WHERE FALSE"]), values


# Of the words that one may stand for, how many are also asked by sound and date.
_NEAREST = 6


def _by_words(misspelled: Sequence[Sequence[str]]) -> Statement:
    """Names with two of the words, each as asked or misspelled; or with the only one."""
    if len(misspelled) == 1:
        return "s.tokens && %s::text[]", [list(misspelled[0])]
    pairs = [(one, two) for place, one in enumerate(misspelled) for two in misspelled[place + 1 :]]
    both = "(s.tokens && %s::text[] AND s.tokens && %s::text[])"
    return (
        " OR ".join([both] * len(pairs)),
        [list(words) for pair in pairs for words in pair],
    )


def _shared(lines: Sequence[str]) -> Statement:
    """How many trigrams a name shares with each line."""
    terms = [
        f", icount(trigrams & (SELECT individual_trigrams(%s))) AS shared_{place}"
        for place in range(len(lines))
    ]
    return "".join(terms), list(lines)


def _alike(asked: Asked) -> Statement:
    """How well a name fits, from 0 to 1."""
    lines = asked.spellings.lines
    if not lines:
        return "0", []

    def similar(place: int) -> str:
        # As pg_trgm's similarity: of the trigrams that either has, those that both have.
        values.append(lines[place])
        return (
            f"coalesce(shared_{place}::float8 / nullif("
            f"size + (SELECT icount(individual_trigrams(%s))) - shared_{place}, 0), 0)"
        )

    values: list[Any] = []
    terms = [similar(0)]
    terms += [f"{OTHER_SPELLING} * {similar(place)}" for place in range(1, len(lines))]
    values.append(list(asked.spellings.whole))
    terms.append(f"CASE WHEN tokens @> %s::text[] THEN {ALL_WORDS} + {_ABOVE} * {similar(0)} END")
    if asked.misspelled:
        values += [list(words) for words in asked.misspelled]
        each = " AND ".join(["tokens && %s::text[]"] * len(asked.misspelled))
        terms.append(f"CASE WHEN {each} THEN {ALL_MISSPELLED} + {_ABOVE} * {similar(0)} END")
    return f"greatest({', '.join(terms)})", values


def _fit(asked: Asked) -> Statement:
    """How well a name and its dates fit, times their weights."""
    terms: list[str] = []
    values: list[Any] = []
    if asked.spellings.lines:
        terms.append(f"{NAME} * alike")
    if asked.born:
        birth = f"{BIRTH} * CASE WHEN cardinality(born) = 1 THEN individual_date_fit(born[1], %s) "
        birth += "ELSE individual_birth_fit(born, %s) END"
        values += [asked.born, asked.born]
        if asked.spellings.lines and not (asked.digests or asked.address or asked.birth_place):
            # Whoever would not be shown with the very date asked needs no look at theirs.
            birth = f"CASE WHEN {NAME} * alike + {BIRTH} >= {FLOOR} THEN {birth} ELSE 0 END"
        terms.append(birth)
    return " + ".join(terms) or "0", values


def _score(asked: Asked) -> Statement:
    """The mean of what was asked, and what numbers leave of the doubt."""
    terms, values = ["fit"], list[Any]()
    weight = NAME * bool(asked.spellings.lines) + BIRTH * bool(asked.born)
    if asked.address:
        weight += ADDRESS
        terms.append(f"{ADDRESS} * (addressed.individual_id IS NOT NULL)::int")
    if asked.birth_place:
        weight += PLACE
        terms.append(f"{PLACE} * {_SAME_PLACE}")
        values.append(asked.birth_place)
    mean = f"({' + '.join(terms)}) / {weight or 1}"
    if asked.sex:
        mean += f" * CASE WHEN sex IN ('', %s) THEN 1 ELSE {OTHER_SEX} END"
        values.append(asked.sex)
    if asked.digests:
        mean += f" * CASE WHEN numbers > 0 THEN 1 ELSE {NO_NUMBER} END"
        mean = f"1 - (1 - {mean}) * {DOUBT} ^ coalesce(numbers, 0)"
    return mean, values


def words_statement(words: Collection[str], *, most: int) -> Statement:
    """Rows of a word asked and a word of names that differs in one letter, likest first."""
    return (
        """
SELECT asked.word, near.word
FROM unnest(%s::text[]) WITH ORDINALITY AS asked (word, place),
    LATERAL (
        SELECT DISTINCT held.word, similarity(held.word, asked.word) AS alike
        FROM individual_word_variants(asked.word) AS own (variant),
            -- OFFSET keeps this a look into the index for each variant.
            LATERAL (
                SELECT v.word FROM individual_word_variant v
                WHERE v.variant = own.variant OFFSET 0
            ) AS held
        ORDER BY alike DESC, held.word LIMIT %s
    ) AS near
ORDER BY asked.place, near.alike DESC, near.word""",
        [list(words), most],
    )
