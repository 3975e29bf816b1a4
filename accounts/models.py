"""People, offices, supervision and roles."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now

from accounts.choices import OfficeKind, Role
from accounts.managers import UserManager


class Office(models.Model):
    """A place of work. ``states`` are the state codes a field office answers for."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=OfficeKind.choices)
    states = ArrayField(models.CharField(max_length=2), default=list, blank=True)

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

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def roles(self) -> frozenset[str]:
        """The roles held. Read once for each object, so within one request."""
        if not hasattr(self, "_roles"):
            self._roles = frozenset(self.role_grants.values_list("role", flat=True))
        return self._roles

    def has_role(self, *roles: str) -> bool:
        """Whether the person is active and holds one of *roles*."""
        return self.is_active and not self.roles.isdisjoint(roles)

    def role_labels(self) -> list[str]:
        """The roles in words, in the order they are defined."""
        return [role.label for role in Role if role.value in self.roles]


class RoleGrant(models.Model):
    """A role that a person holds, and who granted it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="grants_made"
    )
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="rolegrant_once"),
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

    def __str__(self) -> str:
        return f"token {self.pk}"
