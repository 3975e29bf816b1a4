"""How disclosures are found."""

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Exists, OuterRef, QuerySet

from accounts.choices import OVERSIGHT, Role
from routine_uses.visibility import visible_record_ids

if TYPE_CHECKING:
    from accounts.models import User
    from routine_uses.models import Disclosure  # noqa: F401 (the queryset's own model)

# See every disclosure: the office that answers for the accounting, and oversight.
SEE_ALL = OVERSIGHT | {Role.PRIVACY_OFFICER}
# Give no right to see disclosures by themselves.
SEE_NONE = frozenset({Role.ADMINISTRATOR.value, Role.INTERFACE.value})


class DisclosureQuerySet(QuerySet["Disclosure"]):
    """Disclosures as people may see them."""

    def visible_to(self, user: "User") -> "DisclosureQuerySet":
        """The disclosures that *user* may see.

        A disclosure names every record it took from, so all of them must be visible.
        """
        if user.has_role(*SEE_ALL):
            return self
        if not user.standing.enters or not user.roles - SEE_NONE:
            return self.none()
        visible = visible_record_ids(user)
        if visible is None:
            return self.none()
        unseen = (
            apps.get_model("routine_uses", "DisclosedRecordLink")
            .objects.filter(disclosure=OuterRef("pk"))
            .exclude(record_id__in=visible)
        )
        return self.filter(~Exists(unseen))

    def with_marks(self) -> "DisclosureQuerySet":
        """With what each supersedes and is superseded by; their documents stay behind."""
        return self.select_related("supersedes", "superseded_by").defer(
            "supersedes__document", "superseded_by__document"
        )

    def newest_first(self) -> "DisclosureQuerySet":
        """Newest first, in an order without ties; the stored document stays behind."""
        return self.defer("document").order_by("-disclosed_at", "-pk")
