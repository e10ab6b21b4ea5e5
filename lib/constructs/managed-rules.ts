/** A group of rules that AWS keeps up to date, each named as AWS names it. */
export interface ManagedRules {
  readonly name: string;
  /** Those of its rules that refuse nothing: what they look for is ordinary here, and they only count it. */
  readonly counted: readonly string[];
}

/**
 * The groups that fit. Not among them are that of SQL, as a filter such as `id eq "1" or id eq "2"` looks like what it is for; that of
 * anonymous addresses, which holds those of hosting providers, where identity providers live; and those that cost extra.
 *
 * WAF sees the first 16 KB of a body. No rule that is left refuses one for being longer.
 */
export const MANAGED_RULES: readonly ManagedRules[] = [
  { name: 'AWSManagedRulesAmazonIpReputationList', counted: [] },
  // `${jndi:…}`, serialized Java and the like, wherever they stand.
  { name: 'AWSManagedRulesKnownBadInputsRuleSet', counted: [] },
  {
    name: 'AWSManagedRulesCommonRuleSet',
    counted: [
      // It refuses bodies over 8 KB, and a group is pushed with thousands of members.
      'SizeRestrictions_BODY',
      // It refuses queries over 2 KB, and a filter may be longer.
      'SizeRestrictions_QUERYSTRING',
      // A client needs no User-Agent.
      'NoUserAgent_HEADER',
      // What looks like markup, a path, the address of a file or a name that ends in .log may be a name, a title or an address in a
      // resource, and in a filter that looks for it. Nothing here puts any of it into a page, a file name or a request.
      'CrossSiteScripting_BODY',
      'CrossSiteScripting_QUERYARGUMENTS',
      'GenericLFI_BODY',
      'GenericLFI_QUERYARGUMENTS',
      'GenericRFI_BODY',
      'GenericRFI_QUERYARGUMENTS',
      'EC2MetaDataSSRF_BODY',
      'EC2MetaDataSSRF_QUERYARGUMENTS',
      'RestrictedExtensions_QUERYARGUMENTS',
    ],
  },
];
