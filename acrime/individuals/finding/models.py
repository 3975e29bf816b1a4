"""The index in which people are found. Derived: it can be made again from names and dates."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


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
