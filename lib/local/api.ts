import type { Template, TemplateResource } from './template.ts';

/** A method of the API: which function answers, and behind which authorizer. */
export interface ApiMethod {
  readonly functionId: string;
  readonly authorizer?: Authorizer;
}

export interface Authorizer {
  readonly logicalId: string;
  readonly functionId: string;
  /** Name of the header that the authorizer wants to see, in lower case: without it, the answer is 401 at once. */
  readonly identityHeader: string;
  readonly ttlSeconds: number;
}

/** A node of the tree of paths. A variable part is written `{name}`, a greedy one `{name+}`. */
export interface ApiResource {
  readonly id: string;
  readonly path: string;
  readonly part: string;
  readonly children: ApiResource[];
  /** By HTTP method, or `ANY`. */
  readonly methods: Map<string, ApiMethod>;
}

export interface GatewayResponseModel {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly template: string | undefined;
}

/** A REST API as its template describes it. */
export interface Api {
  readonly id: string;
  readonly stage: string;
  readonly binaryMediaTypes: readonly string[];
  readonly root: ApiResource;
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponseModel>;
}

/** Reads the API out of a template. Throws where API Gateway would refuse it at deployment. */
export function readApi(template: Template): Api {
  const [restApi] = template.ofType('AWS::ApiGateway::RestApi');
  const [stage] = template.ofType('AWS::ApiGateway::Stage');
  if (!restApi || !stage) throw new Error('the template has no REST API with a stage');

  const rootId = `${restApi.logicalId}.RootResourceId`;
  const nodes = readTree(rootId, template.ofType('AWS::ApiGateway::Resource'));
  const functionOf = functionsOf(template);
  const authorizers = new Map(
    template.ofType('AWS::ApiGateway::Authorizer').map((resource) => [resource.logicalId, readAuthorizer(resource, functionOf)]),
  );
  for (const { properties } of template.ofType('AWS::ApiGateway::Method')) {
    const node = nodes.get(properties.ResourceId);
    if (!node) throw new Error(`a method belongs to no resource: ${properties.ResourceId}`);
    const authorizer = authorizers.get(properties.AuthorizerId ?? '');
    node.methods.set(properties.HttpMethod, { functionId: functionOf(properties.Integration.Uri), ...(authorizer && { authorizer }) });
  }
  const responses = template.ofType('AWS::ApiGateway::GatewayResponse');
  return {
    id: restApi.logicalId,
    stage: stage.properties.StageName,
    binaryMediaTypes: restApi.properties.BinaryMediaTypes ?? [],
    root: nodes.get(rootId) as ApiResource,
    gatewayResponses: new Map(responses.map(({ properties }) => [properties.ResponseType, readGatewayResponse(properties)])),
  };
}

function readTree(rootId: string, resources: readonly TemplateResource<'AWS::ApiGateway::Resource'>[]): ReadonlyMap<string, ApiResource> {
  const nodes = new Map<string, ApiResource>([[rootId, { id: rootId, path: '/', part: '', children: [], methods: new Map() }]]);
  const add = (parentId: string) => {
    const parent = nodes.get(parentId) as ApiResource;
    for (const { logicalId, properties } of resources.filter((resource) => resource.properties.ParentId === parentId)) {
      const part = properties.PathPart;
      const node = { id: logicalId, path: `${parent.path === '/' ? '' : parent.path}/${part}`, part, children: [], methods: new Map() };
      requireOneVariable(parent, node);
      parent.children.push(node);
      nodes.set(logicalId, node);
      add(logicalId);
    }
  };
  add(rootId);
  return nodes;
}

/** What no offline check of CDK or CloudFormation sees, and API Gateway refuses. */
function requireOneVariable(parent: ApiResource, node: ApiResource) {
  const sibling = parent.children.find(({ part }) => isVariable(part));
  if (isVariable(node.part) && sibling) {
    throw new Error(`API Gateway allows one variable child per resource: ${parent.path} has ${sibling.part} and ${node.part}`);
  }
}

export const isVariable = (part: string): boolean => part.startsWith('{');

function readAuthorizer(
  { logicalId, properties }: TemplateResource<'AWS::ApiGateway::Authorizer'>,
  functionOf: (uri: string) => string,
): Authorizer {
  const [, identityHeader] = /^method\.request\.header\.([\w-]+)$/.exec(properties.IdentitySource) ?? [];
  if (properties.Type !== 'REQUEST' || !identityHeader) throw new Error('the local stack knows REQUEST authorizers by one header alone');
  return {
    logicalId,
    functionId: functionOf(properties.AuthorizerUri),
    identityHeader: identityHeader.toLowerCase(),
    ttlSeconds: properties.AuthorizerResultTtlInSeconds ?? 300,
  };
}

/** Finds the function that an address of API Gateway's names: by its ARN, or by an alias, which is an ARN that the template calls `Ref`. */
function functionsOf(template: Template): (uri: string) => string {
  const aliases = new Map(template.ofType('AWS::Lambda::Alias').map(({ logicalId, properties }) => [logicalId, properties.FunctionName]));
  return (uri) => {
    const [, logicalId] = /\/functions\/(?:[\w:-]+:function:)?(\w+)\/invocations$/.exec(uri) ?? [];
    if (!logicalId) throw new Error(`an integration names no function: ${uri}`);
    return aliases.get(logicalId) ?? logicalId;
  };
}

const HEADER = 'gatewayresponse.header.';

const readGatewayResponse = ({
  StatusCode,
  ResponseParameters = {},
  ResponseTemplates = {},
}: TemplateResource<'AWS::ApiGateway::GatewayResponse'>['properties']): GatewayResponseModel => ({
  status: StatusCode === undefined ? undefined : Number(StatusCode),
  headers: Object.fromEntries(
    Object.entries(ResponseParameters).flatMap(([name, value]) =>
      name.startsWith(HEADER) ? [[name.slice(HEADER.length), value.replace(/^'(.*)'$/, '$1')]] : [],
    ),
  ),
  template: ResponseTemplates['application/json'],
});
