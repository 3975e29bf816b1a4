"""What becomes of accounts when a record is destroyed: nothing of a record is in them."""

from acrime.common.fates import apart, passing

apart(
    "accounts.User",
    "accounts.User_groups",
    "accounts.User_user_permissions",
    "accounts.Office",
    "accounts.RoleGrant",
    "accounts.RoleRequest",
    "accounts.ReviewCampaign",
    "accounts.ReviewItem",
    "accounts.SupervisionLink",
    "accounts.ApiToken",
    why="People of the agency and what they may do (GRS 3.2).",
)
apart(
    "accounts.Course",
    "accounts.TrainingRecord",
    "accounts.StruckTraining",
    why="Training of people of the agency.",
)
apart(
    "account.EmailAddress",
    "account.EmailConfirmation",
    "mfa.Authenticator",
    "socialaccount.SocialAccount",
    "socialaccount.SocialApp",
    "socialaccount.SocialToken",
    why="How people of the agency sign in.",
)
passing(
    "axes.AccessAttempt",
    "axes.AccessAttemptExpiration",
    "axes.AccessFailureLog",
    "axes.AccessLog",
    why="Attempts to sign in, forgotten after minutes or never written; no page of a record.",
)
passing("sessions.Session", why="Ends within twelve hours of signing in, with what it remembers.")
