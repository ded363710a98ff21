"""The fields that an ordinary org of Salesforce has, by kind, as far as a reader of sales work meets them."""

PREFIXES = {
    "User": "005", "Account": "001", "Contact": "003", "Lead": "00Q", "Opportunity": "006", "Task": "00T",
    "Event": "00U", "Case": "500", "EmailMessage": "02s", "OpportunityHistory": "008", "OpportunityStage": "01J",
    "AccountHistory": "017", "ContactHistory": "017", "LeadHistory": "017", "OpportunityFieldHistory": "017",
    "Organization": "00D",
}  # fmt: skip
_EVERY = ("Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp")
_HISTORY = ("Id", "IsDeleted", "CreatedDate", "CreatedById", "Field", "OldValue", "NewValue")
_ACTIVITY = ("Subject", "Description", "OwnerId", "WhatId", "WhoId", "AccountId", "ActivityDate")
FIELDS: dict[str, tuple[str, ...]] = {
    "User": (
        *(one for one in _EVERY if one != "IsDeleted"), "Name", "FirstName", "LastName", "Email", "Username",
        "IsActive", "UserType", "ManagerId", "TimeZoneSidKey", "Phone", "MobilePhone", "Department", "Title",
    ),
    "Account": (
        *_EVERY, "Name", "Website", "Industry", "BillingCountry", "BillingCity", "Phone", "NumberOfEmployees",
        "AnnualRevenue", "OwnerId", "ParentId", "Type", "MasterRecordId",
    ),
    "Contact": (
        *_EVERY, "AccountId", "FirstName", "LastName", "Name", "Title", "Email", "Phone", "MobilePhone",
        "HasOptedOutOfEmail", "EmailBouncedDate", "EmailBouncedReason", "OwnerId",
        "MasterRecordId",
    ),
    "Lead": (
        *_EVERY, "FirstName", "LastName", "Name", "Company", "Email", "Phone", "MobilePhone", "Status", "LeadSource",
        "OwnerId", "IsConverted", "ConvertedDate", "ConvertedAccountId", "ConvertedOpportunityId",
        "MasterRecordId",
    ),
    "Opportunity": (
        *_EVERY, "AccountId", "Name", "StageName", "Amount", "CloseDate", "OwnerId", "NextStep", "Probability",
        "ForecastCategoryName", "LastStageChangeDate", "IsClosed", "IsWon",
    ),
    "OpportunityHistory": (
        "Id", "IsDeleted", "OpportunityId", "StageName", "Amount", "CloseDate", "Probability", "CreatedDate",
        "CreatedById", "SystemModstamp",
    ),
    "OpportunityFieldHistory": (*_HISTORY, "OpportunityId"),
    "AccountHistory": (*_HISTORY, "AccountId"),
    "ContactHistory": (*_HISTORY, "ContactId"),
    "LeadHistory": (*_HISTORY, "LeadId"),
    "OpportunityStage": (
        "Id", "ApiName", "MasterLabel", "SortOrder", "IsActive", "IsClosed", "IsWon", "DefaultProbability",
        "ForecastCategoryName",
    ),
    "Task": (
        *_EVERY, *_ACTIVITY, "Status", "Priority", "IsClosed", "TaskSubtype", "CallType", "CallDurationInSeconds",
        "CallDisposition", "CompletedDateTime", "Agent_Key__c",
    ),
    "Event": (*_EVERY, *_ACTIVITY, "StartDateTime", "EndDateTime", "ActivityDateTime", "IsChild", "IsAllDayEvent"),
    "Case": (
        *_EVERY, "AccountId", "ContactId", "OwnerId", "Subject", "Description", "Priority", "Status", "IsClosed",
        "ClosedDate", "CaseNumber",
    ),
    "EmailMessage": (
        *_EVERY, "MessageDate", "Incoming", "FromAddress", "ToAddress", "CcAddress", "Subject", "TextBody", "HtmlBody",
        "MessageIdentifier", "RelatedToId", "ParentId",
    ),
    "Organization": ("Id", "Name", "IsSandbox", "OrganizationType"),
}  # fmt: skip
# Whose changes an org keeps, where its admin switched that on: (field, what the history calls it).
TRACKED: dict[str, tuple[tuple[str, str], ...]] = {
    "Account": (("OwnerId", "Owner"),),
    "Contact": (("HasOptedOutOfEmail", "HasOptedOutOfEmail"),),
    "Lead": (("Status", "Status"),),
    "Opportunity": (("OwnerId", "Owner"), ("NextStep", "NextStep")),
}
HISTORY_OF = {
    "Account": ("AccountHistory", "AccountId"), "Contact": ("ContactHistory", "ContactId"),
    "Lead": ("LeadHistory", "LeadId"), "Opportunity": ("OpportunityFieldHistory", "OpportunityId"),
}  # fmt: skip
