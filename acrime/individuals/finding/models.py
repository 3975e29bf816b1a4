"""The index in which people are found, and the searches that came before entering somebody.

The index is derived: it can be made again from names and dates of birth.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from acrime.common.sealed import SealedTextField


class SearchName(models.Model):
    """A name in the forms in which it is found, with its person's dates of birth.

    ``keys`` are hashes that the database makes of the words' sounds and the dates; a search
    makes the same of what is asked, so that whoever shares one is a candidate.
    """

    name = models.OneToOneField(
        "acrime.IndividualName",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="found_by",
    )
    individual = models.ForeignKey(
        "acrime.Individual", on_delete=models.CASCADE, related_name="found_by"
    )
    full_norm = models.TextField()
    tokens = ArrayField(models.TextField())
    # 19790415; 00 stands for a day, or a month and day, that is not known.
    born = ArrayField(models.IntegerField())
    keys = models.GeneratedField(
        expression=models.Func("tokens", "born", function="individual_search_keys"),
        output_field=ArrayField(models.BigIntegerField()),
        db_persist=True,
    )

    class Meta:
        app_label = "acrime"
        db_table = "individual_search"
        indexes = [
            # No pending list: a search would have to read it whole.
            GinIndex(fields=["keys"], name="individual_search_keys", fastupdate=False),
            GinIndex(fields=["tokens"], name="individual_search_tokens", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"index of name {self.pk}"


class SearchWord(models.Model):
    """A word that occurs in somebody's name. Words nobody has any longer do no harm."""

    word = models.TextField(primary_key=True)

    class Meta:
        app_label = "acrime"
        db_table = "individual_word"

    def __str__(self) -> str:
        return "word of a name"


class SearchWordVariant(models.Model):
    """The hash of a word, or of it with one letter left out.

    Two words of which one is the other misspelled in one letter share a variant.
    """

    pk = models.CompositePrimaryKey("variant", "word")
    variant = models.BigIntegerField()
    word = models.TextField()

    class Meta:
        app_label = "acrime"
        db_table = "individual_word_variant"

    def __str__(self) -> str:
        return "variant of a word"


class PersonSearch(models.Model):
    """A search for whom a record is about, or for somebody to be entered: who was shown and chosen.

    Of somebody to be entered there is no record yet: ``asked`` is the keyed hash of the facts.
    ``shown`` holds number, score and reasons of each candidate as JSON, best first. Nobody
    ``chosen`` means that no decision was made, or not yet.
    """

    record = models.ForeignKey(
        "acrime.Record", null=True, on_delete=models.PROTECT, related_name="person_searches"
    )
    asked = models.BinaryField(null=True)
    searched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    searched_at = models.DateTimeField()
    shown = SealedTextField()
    # The best score among those shown, from 0 to 1.
    strongest = models.FloatField()
    chosen = models.ForeignKey(
        "acrime.Individual", null=True, on_delete=models.PROTECT, related_name="+"
    )
    chosen_at = models.DateTimeField(null=True)
    # Why somebody new was entered although a candidate fitted very well.
    despite = SealedTextField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "individual_person_search"
        indexes = [
            models.Index(fields=["record", "-searched_at"], name="person_search_latest"),
            models.Index(
                fields=["asked"],
                condition=models.Q(asked__isnull=False),
                name="person_search_asked",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(chosen__isnull=True, chosen_at__isnull=True)
                | models.Q(chosen__isnull=False, chosen_at__isnull=False),
                name="personsearch_chosen_when",
            ),
            models.CheckConstraint(
                condition=models.Q(record__isnull=True, asked__isnull=False)
                | models.Q(record__isnull=False, asked__isnull=True),
                name="personsearch_for_a_record_or_for_facts",
            ),
        ]

    def __str__(self) -> str:
        return f"search {self.pk}"
