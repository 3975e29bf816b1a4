"""People, offices, supervision and roles."""

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac

from accounts.choices import OfficeKind, Role
from accounts.managers import UserManager
from accounts.standing.models import (
    Course,
    ReviewCampaign,
    ReviewItem,
    RoleRequest,
    StruckTraining,
    TrainingRecord,
)
from accounts.standing.policy import Standing, standing_of
from acrime.common import clock
from acrime.common.eastern import portal_day

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.standing.querysets import Held

__all__ = [
    "ApiToken",
    "Course",
    "Office",
    "ReviewCampaign",
    "ReviewItem",
    "RoleGrant",
    "RoleRequest",
    "StruckTraining",
    "SupervisionLink",
    "TrainingRecord",
    "User",
]


class Office(models.Model):
    """A place of work.

    ``states`` are the state codes a field office answers for. ``group`` stands for the
    office's people where the permission library wants a group; who is in it follows from
    ``User.office`` alone.
    """

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=OfficeKind.choices)
    states = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="office")

    head = models.ForeignKey(
        "User", null=True, blank=True, on_delete=models.PROTECT, related_name="heads"
    )

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser, PermissionsMixin):
    """A person or a connected system that signs in. Nobody is a superuser."""

    username = models.CharField(max_length=150, unique=True)
    full_name = models.CharField(max_length=150)
    title = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, related_name="people")
    supervisor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(db_default=Now())

    # Kept by accounts.signing_in.actions.
    is_demo = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    # Counts up when a second factor comes or goes, which ends all other sessions.
    factors_version = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_signed_in_at = models.DateTimeField(null=True, blank=True)
    last_signed_in_from = models.GenericIPAddressField(null=True, blank=True)
    last_failed_at = models.DateTimeField(null=True, blank=True)
    last_failed_from = models.GenericIPAddressField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    # What stands for the person elsewhere: the subject at the single sign-on's provider, and
    # the SHA-256 of a PIV certificate or the principal name in it.
    single_sign_on_subject = models.CharField(max_length=255, null=True, blank=True, unique=True)
    certificate_sha256 = models.CharField(max_length=64, null=True, blank=True, unique=True)
    certificate_name = models.CharField(max_length=255, null=True, blank=True, unique=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_because = models.CharField(max_length=300, blank=True)
    enabled_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_any_case"),
            models.CheckConstraint(
                condition=models.Q(is_superuser=False), name="user_nobody_is_superuser"
            ),
            models.CheckConstraint(
                condition=~models.Q(supervisor=models.F("id")), name="user_supervises_another"
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What sessions are bound to: the password, and what second factors there are."""
        return salted_hmac(
            "accounts.User.session",
            f"{self.password} {self.factors_version}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def roles(self) -> frozenset[str]:
        """The roles in force. Read once for each object, so within one request."""
        return self._held.roles

    @property
    def standing(self) -> Standing:
        """Whether the person may work at this moment, and what stands in the way."""
        if not hasattr(self, "_standing"):
            self._standing = standing_of(
                active=self.is_active,
                roles=self._held.roles,
                courses=self._held.courses,
                today=portal_day(self._held_at),
            )
        return self._standing

    @property
    def _held(self) -> "Held":
        if not hasattr(self, "_held_read"):
            from accounts.standing.querysets import held_by

            self._held_at = clock.now()
            self._held_read = held_by(self.pk, at=self._held_at)
        return self._held_read

    def remember_held(self, held: "Held", *, at: "datetime") -> None:
        """Take roles and training as read for many people at once, at *at*."""
        self._held_read, self._held_at = held, at
        self.__dict__.pop("_standing", None)

    def has_role(self, *roles: str) -> bool:
        """Whether the person may work now and holds one of *roles*."""
        return self.standing.enters and not self.roles.isdisjoint(roles)

    def role_labels(self) -> list[str]:
        """The roles in words, in the order they are defined."""
        return [role.label for role in Role if role.value in self.roles]


class RoleGrant(models.Model):
    """A role of a person: who granted it, and how it ended. In force until it ends or expires."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="grants_made"
    )
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="grants_ended"
    )
    end_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(ended_at=None),
                name="rolegrant_once_in_force",
            ),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("ended_by")), name="rolegrant_not_ended_by_holder"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None, end_reason="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(end_reason="")),
                name="rolegrant_ended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("granted_by")), name="rolegrant_not_to_oneself"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="rolegrant_known_role"
            ),
        ]

    def __str__(self) -> str:
        return f"grant {self.pk}"


class SupervisionLink(models.Model):
    """The closure of supervision: *supervisor* stands somewhere above *subordinate*.

    Kept by ``accounts.actions.assign_supervisor``; ``depth`` 1 is the direct supervisor.
    """

    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="chain_below")
    subordinate = models.ForeignKey(User, on_delete=models.PROTECT, related_name="chain_above")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supervisor", "subordinate"], name="supervisionlink_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(supervisor=models.F("subordinate")),
                name="supervisionlink_no_circle",
            ),
        ]

    def __str__(self) -> str:
        return f"supervision {self.pk}"


class ApiToken(models.Model):
    """A token for the API. Only its hash is stored; the token itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"token {self.pk}"
