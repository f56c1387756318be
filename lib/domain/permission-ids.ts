/** Application id of Microsoft Graph, the same in every tenant and cloud. */
export const MICROSOFT_GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

/**
 * Ids of delegated Graph permissions, as app registrations want them (Graph doc *Permissions reference*, "All permissions and IDs").
 * A permission that isn't here is looked up by name in the script that Entrada offers.
 */
export const DELEGATED_PERMISSION_IDS: Readonly<Record<string, string>> = {
  'AccessReview.Read.All': 'ebfcd32b-babb-40f4-a14b-42706e83bd28',
  'AdministrativeUnit.Read.All': '3361d15d-be43-4de6-b441-3c746d05163d',
  'Agreement.Read.All': 'af2819c9-df71-4dd3-ade7-4d7c9dc653b7',
  'Application.Read.All': 'c79f8feb-a9db-4090-85f9-90d820caa0eb',
  'AuditLog.Read.All': 'e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20',
  'CustomSecAttributeAssignment.Read.All': 'b46ffa80-fe3d-4822-9a1a-c200932d54d0',
  'CustomSecAttributeDefinition.Read.All': 'ce026878-a0ff-4745-a728-d4fedd086c07',
  'Device.Read.All': '951183d1-1a61-466f-a6d1-1fde911bfd95',
  'Directory.Read.All': '06da0dbc-49e2-44d2-8312-53f166ab848a',
  'Domain.Read.All': '2f9ee017-59c1-4f1d-9472-bd5529a7b311',
  'EntitlementManagement.Read.All': '5449aa12-1393-4ea2-a7c7-d0e06c1a56b2',
  'Group.Read.All': '5f8c59db-677d-491f-a6b8-5f174b11ec1d',
  'GroupMember.Read.All': 'bc024368-1153-4739-b217-4326f2e966d0',
  'IdentityProvider.Read.All': '43781733-b5a7-4d1b-98f4-e8edff23e1a9',
  'IdentityRiskEvent.Read.All': '8f6a01e7-0391-4ee5-aa22-a3af122cef27',
  'IdentityRiskyServicePrincipal.Read.All': 'ea5c4ab0-5a73-4f35-8272-5d5337884e5d',
  'IdentityRiskyUser.Read.All': 'd04bb851-cb7c-4146-97c7-ca3e71baf56c',
  'Member.Read.Hidden': 'f6a3db3e-f7e8-4ed2-a414-557c8c9830be',
  offline_access: '7427e0e9-2fba-42fe-b0c0-848c9e6a8182',
  openid: '37f7f235-527c-4136-accd-4a02d197296e',
  'Organization.Read.All': '4908d5b9-3fb2-4b1e-9336-1888b7937185',
  'OrgContact.Read.All': '08432d1b-5911-483c-86df-7980af5cdee0',
  'Policy.Read.All': '572fea84-0151-49b2-9301-11cb16974376',
  'Policy.Read.ConditionalAccess': '633e0fce-8c58-4cfb-9495-12bbd5a24f7c',
  'Policy.Read.PermissionGrant': '414de6ea-2d92-462f-b120-6e2a809a6d01',
  profile: '14dad69e-099b-42c9-810b-d002981feec1',
  'Reports.Read.All': '02e97553-ed7b-43d0-ab3c-f8bace0d040c',
  'RoleAssignmentSchedule.Read.Directory': '344a729c-0285-42c6-9014-f12b9b8d6129',
  'RoleEligibilitySchedule.Read.Directory': 'eb0788c2-6d4e-4658-8c9e-c0fb8053f03d',
  'RoleManagement.Read.All': '48fec646-b2ba-4019-8681-8eb31435aded',
  'RoleManagement.Read.Directory': '741c54c3-0c1e-44a1-818b-3f97ab4e8c83',
  'User.Read': 'e1fe6dd8-ba31-4d61-89e7-88639da4683d',
  'User.Read.All': 'a154be20-db9c-4678-8ab7-66f6cc099a59',
  'User.ReadBasic.All': 'b340eb25-3456-403f-be2f-af7a0d370277',
  'UserAuthenticationMethod.Read.All': 'aec28ec7-4d02-4e8c-b864-50163aea77eb',
};

/** The same for application permissions (app roles). */
export const APPLICATION_PERMISSION_IDS: Readonly<Record<string, string>> = {
  'AdministrativeUnit.Read.All': '134fd756-38ce-4afd-ba33-e9623dbe66c2',
  'Application.Read.All': '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
  'AuditLog.Read.All': 'b0afded3-3588-46d8-8b3d-9842eff778da',
  'Device.Read.All': '7438b122-aefc-4978-80ed-43db9fcc7715',
  'Directory.Read.All': '7ab1d382-f21e-4acd-a863-ba3e13f7da61',
  'Domain.Read.All': 'dbb9058a-0e50-45d7-ae91-66909b5d4664',
  'Group.Read.All': '5b567255-7703-4780-807c-7be8301ae99b',
  'GroupMember.Read.All': '98830695-27a2-44f7-8c18-0c3ebc9698f6',
  'Organization.Read.All': '498476ce-e0fe-48b0-b801-37ba7e2685c6',
  'Policy.Read.All': '246dd0d5-5bd0-4def-940b-0421030a5b68',
  'Reports.Read.All': '230c1aed-a721-4c5d-9cb4-a90514e508ef',
  'RoleManagement.Read.Directory': '483bed4a-2ad3-4361-a73b-c83ccdbdc53c',
  'User.Read.All': 'df021288-bdef-4463-88db-98f22de89214',
};
