"""Codes of the notice, of recipients and of the gate."""

from django.db import models


class RecipientType(models.TextChoices):
    """What a recipient is, as far as the law asks."""

    FEDERAL = "FEDERAL", "Federal agency"
    STATE = "STATE", "State agency"
    LOCAL = "LOCAL", "Local agency"
    TRIBAL = "TRIBAL", "Tribal agency"
    TERRITORIAL = "TERRITORIAL", "Territorial agency"
    FOREIGN = "FOREIGN", "Foreign government"
    INTERNATIONAL = "INTERNATIONAL", "International or multilateral organization"
    COURT = "COURT", "Court or tribunal"
    CONGRESS = "CONGRESS", "Congress"
    COUNSEL = "COUNSEL", "Lawyer"
    PARTY = "PARTY", "Party or witness in a proceeding"
    CONTRACTOR = "CONTRACTOR", "Contractor or other person working for DHS"
    MEDIA = "MEDIA", "News media or the public"
    ORGANIZATION = "ORGANIZATION", "Private organization"
    PERSON = "PERSON", "Person"
    CONSUMER_REPORTING = "CONSUMER_REPORTING", "Consumer reporting agency"


class AgencyTag(models.TextChoices):
    """Which particular body a recipient is, where a clause names that body."""

    FBI_CJIS = "FBI_CJIS", "FBI, Criminal Justice Information Services"
    FBI = "FBI", "FBI, other than CJIS"
    DOJ = "DOJ", "Department of Justice, other than the FBI"
    NARA = "NARA", "National Archives and Records Administration"
    GSA = "GSA", "General Services Administration"
    CENSUS = "CENSUS", "Bureau of the Census"
    GAO = "GAO", "Government Accountability Office"
    OMB = "OMB", "Office of Management and Budget"
    STATE_DEPARTMENT = "STATE_DEPARTMENT", "Department of State"
    CHAMBER = "CHAMBER", "House of Representatives or Senate as a whole"
    COMMITTEE = "COMMITTEE", "Committee or subcommittee of Congress"
    JUDICIARY_COMMITTEE = "JUDICIARY_COMMITTEE", "Committee on the Judiciary of either House"
    MEMBER_OFFICE = "MEMBER_OFFICE", "Office of a Member of Congress"
    FORMER_EMPLOYEE = "FORMER_EMPLOYEE", "Former employee of DHS"


class Exclusion(models.TextChoices):
    """Recipients that a clause shuts out although their type would fit."""

    BAIL_BOND = "BAIL_BOND", "Bail bond companies and their agents"


class DeliveryChannel(models.TextChoices):
    """How a message reaches a recipient."""

    SPOOL = "SPOOL", "Spool folder"
    HTTP = "HTTP", "HTTPS"
    MAIL = "MAIL", "E-mail"
    NONE = "NONE", "Not delivered by the portal"


class Paragraph(models.TextChoices):
    """The ground of a disclosure: a paragraph of 5 U.S.C. 552a(b), or consent."""

    B1 = "b1", "Need inside the agency"
    B2 = "b2", "Required by the Freedom of Information Act"
    B3 = "b3", "Routine use"
    B4 = "b4", "Bureau of the Census"
    B5 = "b5", "Statistical research"
    B6 = "b6", "National Archives"
    B7 = "b7", "Law enforcement request of an agency head"
    B8 = "b8", "Health or safety of an individual"
    B9 = "b9", "Congress"
    B10 = "b10", "Comptroller General"
    B11 = "b11", "Order of a court"
    B12 = "b12", "Consumer reporting agency"
    CONSENT = "consent", "Consent or request of the individual"


# Grounds that put a row in the accounting. (b)(1) and (b)(2) need none under
# 552a(c)(1); (b)(12) is not available in this system of records.
ACCOUNTED = (
    Paragraph.B3,
    Paragraph.B4,
    Paragraph.B5,
    Paragraph.B6,
    Paragraph.B7,
    Paragraph.B8,
    Paragraph.B9,
    Paragraph.B10,
    Paragraph.B11,
    Paragraph.CONSENT,
)


class Purpose(models.TextChoices):
    """Why something is disclosed."""

    FINGERPRINT_QUERY = "FINGERPRINT_QUERY", "Answer to a fingerprint-based immigration query"
    STATUS_VERIFICATION = "STATUS_VERIFICATION", "Verification of immigration status"
    FIREARM_CHECK = "FIREARM_CHECK", "Immigration check for a firearm purchase"
    EVENT_SCREENING = "EVENT_SCREENING", "Screening for a special security event"
    SUITABILITY = "SUITABILITY", "Decision on employment, clearance, license or benefit"
    LAW_ENFORCEMENT = "LAW_ENFORCEMENT", "Investigation, prosecution or enforcement of law"
    LOOKOUT_INQUIRY = "LOOKOUT_INQUIRY", "Inquiry about a want, warrant or lookout"
    NCIC_INQUIRY = "NCIC_INQUIRY", "Inquiry about an ICE record in NCIC"
    DECONFLICTION = "DECONFLICTION", "Coordination of law enforcement work"
    LAW_INTELLIGENCE = "LAW_INTELLIGENCE", "Law enforcement intelligence"
    COUNTERTERRORISM = "COUNTERTERRORISM", "Security threat or counterterrorism"
    REFERRAL = "REFERRAL", "Referral of a tip or violation"
    DETAINER = "DETAINER", "Detainer or transfer of custody"
    JUSTICE_INTEGRITY = "JUSTICE_INTEGRITY", "Detainer, removal or custody status for justice"
    LITIGATION = "LITIGATION", "Litigation or proceedings"
    SETTLEMENT = "SETTLEMENT", "Settlement of a claim before litigation"
    ELICITATION = "ELICITATION", "Obtaining information for a DHS matter"
    FORMER_EMPLOYEE = "FORMER_EMPLOYEE", "Matter concerning a former employee"
    CONGRESSIONAL_INQUIRY = "CONGRESSIONAL_INQUIRY", "Inquiry of a congressional office"
    PRIVATE_RELIEF = "PRIVATE_RELIEF", "Private relief legislation"
    OVERSIGHT = "OVERSIGHT", "Audit or oversight"
    RECORDS_INSPECTION = "RECORDS_INSPECTION", "Records management inspection"
    BREACH_RESPONSE = "BREACH_RESPONSE", "Response to a compromise of information"
    CONTRACT_WORK = "CONTRACT_WORK", "Work for DHS under contract or agreement"
    TECHNOLOGY = "TECHNOLOGY", "Development or testing of technology"
    INTERNATIONAL_ARRANGEMENT = "INTERNATIONAL_ARRANGEMENT", "International arrangement"
    DIPLOMATIC_RESPONSE = "DIPLOMATIC_RESPONSE", "Response to a foreign request through State"
    CONSULAR_NOTICE = "CONSULAR_NOTICE", "Notice of an incapacitated, minor or deceased alien"
    REDRESS = "REDRESS", "Redress"
    PUBLIC_INTEREST = "PUBLIC_INTEREST", "Legitimate public interest"
    INTERNAL_NEED = "INTERNAL_NEED", "Duties inside the agency"
    FOIA = "FOIA", "Freedom of Information Act request"
    CENSUS = "CENSUS", "Census or survey"
    STATISTICS = "STATISTICS", "Statistical research or reporting"
    ARCHIVES = "ARCHIVES", "Historical value"
    HEALTH_SAFETY = "HEALTH_SAFETY", "Health or safety of an individual"
    COURT_ORDER = "COURT_ORDER", "Compliance with a court order"
    INDIVIDUALS_REQUEST = "INDIVIDUALS_REQUEST", "Request or consent of the individual"


class Field(models.TextChoices):
    """What can be disclosed of a record, named one by one."""

    NAME = "NAME", "Name"
    ALIASES = "ALIASES", "Other names"
    DATE_OF_BIRTH = "DATE_OF_BIRTH", "Date of birth"
    PLACE_OF_BIRTH = "PLACE_OF_BIRTH", "Place of birth"
    COUNTRY_OF_BIRTH = "COUNTRY_OF_BIRTH", "Country of birth"
    SEX = "SEX", "Sex"
    PARENTS_NAMES = "PARENTS_NAMES", "Names of the parents"
    ADDRESS = "ADDRESS", "Address"
    TELEPHONE = "TELEPHONE", "Telephone number"
    A_NUMBER = "A_NUMBER", "A-Number"
    FBI_NUMBER = "FBI_NUMBER", "FBI number"
    STATE_ID = "STATE_ID", "State identification number"
    FINGERPRINT_ID = "FINGERPRINT_ID", "Fingerprint identification number"
    SSN = "SSN", "Social Security number"
    PASSPORT_NUMBER = "PASSPORT_NUMBER", "Passport number"
    DRIVER_LICENSE = "DRIVER_LICENSE", "Driver's license number"
    PHOTOGRAPH = "PHOTOGRAPH", "Photograph"
    FINGERPRINTS = "FINGERPRINTS", "Fingerprints"
    CITIZENSHIP = "CITIZENSHIP", "Citizenship"
    IMMIGRATION_STATUS = "IMMIGRATION_STATUS", "Immigration status"
    ENTRY_HISTORY = "ENTRY_HISTORY", "Entries, visas and travel"
    BENEFIT_APPLICATIONS = "BENEFIT_APPLICATIONS", "Applications for benefits"
    REMOVAL_STATUS = "REMOVAL_STATUS", "Status in removal proceedings"
    REMOVAL_HISTORY = "REMOVAL_HISTORY", "Earlier removals"
    DETAINER_EXISTENCE = "DETAINER_EXISTENCE", "Existence of an immigration detainer"
    CUSTODY_STATUS = "CUSTODY_STATUS", "Custodial status"
    CUSTODY_LOCATION = "CUSTODY_LOCATION", "Place of custody"
    CHARGES = "CHARGES", "Charges"
    CRIMINAL_HISTORY = "CRIMINAL_HISTORY", "Criminal history"
    WARRANT = "WARRANT", "Warrant or lookout and its basis"
    NCIC_STATUS = "NCIC_STATUS", "Confirmation of an NCIC record"
    RESPONSIBLE_OFFICE = "RESPONSIBLE_OFFICE", "Responsible field office and file location"
    QUERY_ECHO = "QUERY_ECHO", "The query as received"
    QUERY_REFERENCE = "QUERY_REFERENCE", "Query reference"
    REMARKS = "REMARKS", "Remarks of the response"
    RESEARCH = "RESEARCH", "Research notes"
    TIP = "TIP", "Content of a tip"
    TIP_SOURCE = "TIP_SOURCE", "Identity of a person who gave a tip"
    OFFICER_IDENTITY = "OFFICER_IDENTITY", "Identity of an officer who contacted ICE"
    AGGREGATE = "AGGREGATE", "Figures that identify nobody"


class Protection(models.TextChoices):
    """Special protection that travels with some information."""

    VAWA = "8USC1367", "Applicant protected by 8 U.S.C. 1367"
    ASYLUM = "ASYLUM", "Asylum information (8 CFR 208.6)"
    VISA = "INA222F", "Visa record (INA 222(f))"
    SEALED = "SEALED", "Sealed record"
    JUVENILE = "JUVENILE", "Juvenile record"


class Program(models.TextChoices):
    """What kind of check a record comes from, where the gate must know."""

    CRIMINAL = "CRIMINAL", "Criminal justice check"
    SEX_OFFENDER = "SEX_OFFENDER", "Sex offender registrant"
    NONCRIMINAL = "NONCRIMINAL", "Non-criminal check"
    BRADY = "BRADY", "Firearm purchase check"
    SPECIAL_EVENT = "SPECIAL_EVENT", "Special security event"
    OPM = "OPM", "OPM background check"


UNDECIDED_PROGRAM = "UNDECIDED"
"""What a record says while nobody has decided which kind of check it comes from."""


class ConditionKind(models.TextChoices):
    """Who answers a condition."""

    # A person answers for it and is named in the accounting.
    ATTESTED = "attested", "Attested by a person"
    # The calling room computes it from the record.
    FACT = "fact", "Computed from the record"
    # A named role decides on a task of its own; only the number of its approval counts.
    APPROVED = "approved", "Approved by a named role"
    # Stated in that approval by whoever decided it, and never by the discloser.
    FOUND = "found", "Found by whoever decided the approval"


class Answer(models.TextChoices):
    """What satisfies a condition."""

    YES = "yes", "Yes"
    REFERENCE = "reference", "Reference of a document, or a name and date"
    CHOICE = "choice", "One of the accepted values"
    APPROVAL = "approval", "Number of an approval that was granted"


class Method(models.TextChoices):
    """By which means something is disclosed; 552a(b) knows no means that does not count."""

    ELECTRONIC = "ELECTRONIC", "Electronic message"
    PAPER = "PAPER", "Paper"
    FAX = "FAX", "Fax"
    ORAL = "ORAL", "By word of mouth"
    DISPLAY = "DISPLAY", "Shown on a screen"


class AuthorityStatus(models.TextChoices):
    """Standing of a retention item with the Archivist."""

    PROPOSED = "PROPOSED", "Proposed"
    APPROVED = "APPROVED", "Approved"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    SUPERSEDED = "SUPERSEDED", "Superseded"


class Trigger(models.TextChoices):
    """The event from which a retention period runs."""

    UNSTATED = "UNSTATED", "The notice names no start"
    ANSWERED = "ANSWERED", "Determination made and response returned"
    REMOVED_FROM_NCIC = "REMOVED_FROM_NCIC", "Record removed from NCIC"
    TIP_RECEIVED = "TIP_RECEIVED", "Date of the tip"
    CREATED = "CREATED", "Date on which the record was created"
    CLOSED = "CLOSED", "Work on the record or the case ended"
    DISCLOSED = "DISCLOSED", "Date of the disclosure"
    LOGGED = "LOGGED", "Date of the event"
    AS_PARENT = "AS_PARENT", "As the query that it follows up"


class CutoffRule(models.TextChoices):
    """Where a retention period begins once its event has happened."""

    NONE = "NONE", "With the event itself"
    FISCAL_YEAR = "FISCAL_YEAR", "End of the federal fiscal year (September 30)"
    CALENDAR_YEAR = "CALENDAR_YEAR", "End of the calendar year"


class Disposal(models.TextChoices):
    """What is done with a record when its period is over."""

    DESTROY = "DESTROY", "Destroy"
    TRANSFER = "TRANSFER", "Transfer to the National Archives"
    PERMANENT = "PERMANENT", "Keep for good"
    REVIEW = "REVIEW", "Review"


class ProposalOutcome(models.TextChoices):
    """What became of the proposal to put a version of the notice in force."""

    OPEN = "OPEN", "Waits for a second person"
    IN_FORCE = "IN_FORCE", "Put in force"
    REFUSED = "REFUSED", "Refused"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class AgreementKind(models.TextChoices):
    """What kind of agreement binds a recipient."""

    MOU = "MOU", "Memorandum of understanding"
    CONTRACT = "CONTRACT", "Contract, grant or assignment"
    ARRANGEMENT = "ARRANGEMENT", "International arrangement"
    OTHER = "OTHER", "Other agreement"


class VerificationMethod(models.TextChoices):
    """How it was made sure that a recipient can be reached as the directory says."""

    CALLED_BACK = "CALLED_BACK", "Called back at a number from another source"
    ORI_LIST = "ORI_LIST", "Compared with the list of ORIs"
    WRITTEN = "WRITTEN", "Confirmed in writing"
    IN_PERSON = "IN_PERSON", "In person"
