import { complex, reference, string } from './attribute.ts';
import type { Schema } from './resource-type.ts';

/** RFC 7643 section 4.3. */
export const enterpriseUserSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'Enterprise User',
  attributes: [
    string('employeeNumber', 'Numeric or alphanumeric identifier of the person, typically by order of hire.'),
    string('costCenter', 'Name of a cost center.'),
    string('organization', 'Name of an organization.'),
    string('division', 'Name of a division.'),
    string('department', 'Name of a department.'),
    complex('manager', "The user's manager.", [
      string('value', "The id of the resource that represents the user's manager."),
      reference('$ref', "The URI of the resource that represents the user's manager.", { referenceTypes: ['User'] }),
      string('displayName', "The display name of the user's manager.", {
        mutability: 'readOnly',
      }),
    ]),
  ],
};
