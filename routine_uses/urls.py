"""Addresses of the notice and the accounting."""

from accounts.choices import EXPORTERS, OVERSIGHT, Role
from accounts.guards import PEOPLE, access, path
from routine_uses import views
from routine_uses.accounts_of import views as accountings
from routine_uses.approvals import views as approvals
from routine_uses.approvals.policy import ASKERS, DECIDING_ROLES, DISCLOSERS
from routine_uses.corrections import views as corrections
from routine_uses.directory import views as directory
from routine_uses.repeating import urls as repeating
from routine_uses.versions import views as versions
from routine_uses.wizard import views as wizard

app_name = "routine_uses"

# Administrators manage accounts and see no records, so no disclosures either.
READERS = PEOPLE - {Role.ADMINISTRATOR}
READ = access(read=READERS)
KEEPERS = frozenset({Role.PRIVACY_OFFICER})
DECIDE = access(write=KEEPERS)
KEEP = access(read=KEEPERS, write=KEEPERS)
# Who asks for approvals, who decides them, and oversight; who decides may also withdraw.
ASKING = ASKERS | DECIDING_ROLES
APPROVALS = access(read=ASKING | OVERSIGHT)
ACT_ON_APPROVALS = access(write=ASKING)
DESIGNATE = access(
    read=OVERSIGHT | {Role.PRIVACY_OFFICER, Role.ADMINISTRATOR}, write={Role.ADMINISTRATOR}
)
PREPARE = access(read=DISCLOSERS, write=DISCLOSERS)
PREPARE_READ, PREPARE_WRITE = access(read=DISCLOSERS), access(write=DISCLOSERS)
# A notice is published for everybody, and so is what it says.
PUBLIC = access(public=True)
# The complete accounting of a person is the privacy office's; the subject's copy is given out
# by whoever answers requests.
KEEPERS_READ = access(read=KEEPERS)
GIVERS = access(read=KEEPERS | {Role.FOIA_OFFICER})

urlpatterns = [
    path("notice/", versions.notice, name="notice", access=PUBLIC),
    path("notice/register/", versions.register, name="notice-register", access=PUBLIC),
    path("notice/<slug:system>/<str:label>/", versions.notice_of, name="notice-of", access=PUBLIC),
    path("notices/", versions.version_list, name="notice-versions", access=access(read=PEOPLE)),
    path(
        "notices/<int:version>/",
        versions.version_detail,
        name="notice-version",
        access=access(read=PEOPLE),
    ),
    path("notices/<int:version>/propose/", versions.propose, name="notice-propose", access=DECIDE),
    path(
        "notices/proposals/<int:proposal>/decide/",
        versions.decide,
        name="notice-decide",
        access=DECIDE,
    ),
    path(
        "notices/proposals/<int:proposal>/withdraw/",
        versions.withdraw,
        name="notice-withdraw",
        access=DECIDE,
    ),
    path("recipients/", directory.recipient_list, name="recipients", access=READ),
    path("recipients/add/", directory.recipient_add, name="recipients-add", access=KEEP),
    path(
        "recipients/<int:recipient>/",
        directory.recipient_detail,
        name="recipients-detail",
        access=READ,
    ),
    path(
        "recipients/<int:recipient>/change/",
        directory.recipient_change,
        name="recipients-change",
        access=KEEP,
    ),
    path(
        "recipients/<int:recipient>/retire/",
        directory.recipient_retire,
        name="recipients-retire",
        access=DECIDE,
    ),
    path(
        "recipients/<int:recipient>/verify/",
        directory.recipient_verify,
        name="recipients-verify",
        access=KEEP,
    ),
    path(
        "recipients/<int:recipient>/agreements/add/",
        directory.agreement_add,
        name="recipients-agreement-add",
        access=KEEP,
    ),
    path(
        "recipients/agreements/<int:agreement>/end/",
        directory.agreement_end,
        name="recipients-agreement-end",
        access=KEEP,
    ),
    path("approvals/", approvals.approval_list, name="approvals", access=APPROVALS),
    path("approvals/chief/", approvals.chief, name="chief", access=DESIGNATE),
    path("approvals/<str:approval>/", approvals.approval_detail, name="approval", access=APPROVALS),
    path(
        "approvals/<str:approval>/decide/",
        approvals.approval_decide,
        name="approval-decide",
        access=access(write=DECIDING_ROLES),
    ),
    path(
        "approvals/<str:approval>/withdraw/",
        approvals.approval_withdraw,
        name="approval-withdraw",
        access=ACT_ON_APPROVALS,
    ),
    path(
        "approvals/<str:approval>/papers/",
        approvals.approval_paper_add,
        name="approval-paper-add",
        access=ACT_ON_APPROVALS,
    ),
    path(
        "approvals/<str:approval>/papers/<int:paper>/",
        approvals.approval_paper,
        name="approval-paper",
        access=APPROVALS,
    ),
    path("disclosures/drafts/", wizard.draft_list, name="drafts", access=PREPARE),
    path("disclosures/drafts/<uuid:draft>/", wizard.draft, name="draft", access=PREPARE_READ),
    path(
        "disclosures/drafts/<uuid:draft>/what/",
        wizard.draft_describe,
        name="draft-describe",
        access=PREPARE_WRITE,
    ),
    path(
        "disclosures/drafts/<uuid:draft>/ground/",
        wizard.draft_ground,
        name="draft-ground",
        access=PREPARE_WRITE,
    ),
    path(
        "disclosures/drafts/<uuid:draft>/answers/",
        wizard.draft_answers,
        name="draft-answers",
        access=PREPARE_WRITE,
    ),
    path(
        "disclosures/drafts/<uuid:draft>/ask/<str:kind>/",
        wizard.draft_ask,
        name="draft-ask",
        access=PREPARE_WRITE,
    ),
    path(
        "disclosures/drafts/<uuid:draft>/disclose/",
        wizard.draft_disclose,
        name="draft-disclose",
        access=PREPARE_WRITE,
    ),
    path(
        "disclosures/drafts/<uuid:draft>/discard/",
        wizard.draft_discard,
        name="draft-discard",
        access=PREPARE_WRITE,
    ),
    path(
        "disclosures/refused/",
        wizard.refusal_list,
        name="refusals",
        access=access(read=OVERSIGHT | {Role.PRIVACY_OFFICER}),
    ),
    path(
        "disclosures/refused/<int:event>/",
        wizard.refusal_review,
        name="refusal-review",
        access=access(write=KEEPERS),
    ),
    path("disclosures/", views.disclosure_list, name="disclosures", access=READ),
    path(
        "disclosures/export/",
        views.disclosure_export,
        name="disclosure-export",
        access=access(read=EXPORTERS, write=EXPORTERS),
    ),
    path(
        "disclosures/verify/",
        views.verify,
        name="verify",
        access=access(read=READERS, write=READERS),
    ),
    path(
        "disclosures/corrections/",
        accountings.supersessions,
        name="supersessions",
        access=KEEPERS_READ,
    ),
    path(
        "disclosures/corrections/<int:proposal>/",
        accountings.decide,
        name="supersession-decide",
        access=KEEP,
    ),
    path(
        "disclosures/corrections/<str:disclosure>/propose/",
        accountings.supersede,
        name="supersede",
        access=KEEP,
    ),
    path(
        "accountings/<str:person>/", accountings.accounting, name="accounting", access=KEEPERS_READ
    ),
    path(
        "accountings/<str:person>/complete.pdf",
        accountings.accounting_pdf,
        name="accounting-pdf",
        access=KEEPERS_READ,
    ),
    path(
        "accountings/<str:person>/copies/",
        accountings.copies,
        name="accounting-copies",
        access=GIVERS,
    ),
    path(
        "accountings/<str:person>/copies/prepare/",
        accountings.prepare,
        name="accounting-prepare",
        access=KEEP,
    ),
    path(
        "accountings/<str:person>/copies/<str:copy>/copy.pdf",
        accountings.copy,
        name="accounting-copy",
        access=GIVERS,
    ),
    path("corrections/", corrections.worklist, name="corrections", access=KEEPERS_READ),
    path(
        "corrections/records/<str:record>/correct/",
        corrections.correct,
        name="corrections-correct",
        access=KEEP,
    ),
    path(
        "corrections/records/<str:record>/dispute/",
        corrections.dispute,
        name="corrections-dispute",
        access=KEEP,
    ),
    path(
        "corrections/letters/<str:letter>/letter.pdf",
        corrections.letter_pdf,
        name="corrections-letter",
        access=KEEPERS_READ,
    ),
    path(
        "corrections/letters/<str:letter>/send/",
        corrections.send,
        name="corrections-send",
        access=KEEP,
    ),
    path(
        "corrections/letters/<str:letter>/returned/",
        corrections.returned,
        name="corrections-returned",
        access=KEEP,
    ),
    path(
        "corrections/letters/<str:letter>/exempt/",
        corrections.exempt,
        name="corrections-exempt",
        access=KEEP,
    ),
    path("corrections/<str:case>/", corrections.detail, name="correction", access=KEEPERS_READ),
    path(
        "corrections/<str:case>/settle/",
        corrections.settle,
        name="corrections-settle",
        access=KEEP,
    ),
    path(
        "corrections/<str:case>/letters/",
        corrections.draft_again,
        name="corrections-draft",
        access=DECIDE,
    ),
    *repeating.urlpatterns,
    path("disclosures/<str:number>/", views.disclosure_detail, name="disclosure", access=READ),
    path(
        "disclosures/<str:number>/form.pdf",
        views.disclosure_form,
        name="disclosure-form",
        access=READ,
    ),
]
