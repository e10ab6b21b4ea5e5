import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttributeDefinition, KeySchemaElement, StreamViewType } from '@aws-sdk/client-dynamodb';

/** The properties that are read here and in tests, of each type of resource. */
interface PropertiesByType {
  'AWS::ApiGateway::RestApi': { readonly BinaryMediaTypes?: readonly string[] };
  'AWS::ApiGateway::Stage': { readonly StageName: string };
  'AWS::ApiGateway::Resource': { readonly ParentId: string; readonly PathPart: string };
  'AWS::ApiGateway::Method': {
    readonly ResourceId: string;
    readonly HttpMethod: string;
    readonly AuthorizerId?: string;
    readonly Integration: { readonly Uri: string };
  };
  'AWS::ApiGateway::Authorizer': {
    readonly Type: string;
    readonly IdentitySource: string;
    readonly AuthorizerUri: string;
    readonly AuthorizerResultTtlInSeconds?: number;
  };
  'AWS::ApiGateway::GatewayResponse': {
    readonly ResponseType: string;
    readonly StatusCode?: string;
    readonly ResponseParameters?: Readonly<Record<string, string>>;
    readonly ResponseTemplates?: Readonly<Record<string, string>>;
  };
  'AWS::Lambda::Function': {
    readonly Handler: string;
    readonly Runtime: string;
    readonly LoggingConfig: { readonly LogFormat: string; readonly ApplicationLogLevel: string };
    readonly Code: { readonly S3Key: string };
    readonly MemorySize: number;
    /** Seconds. */
    readonly Timeout: number;
    readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  };
  'AWS::Lambda::Alias': { readonly FunctionName: string };
  'AWS::DynamoDB::GlobalTable': {
    readonly AttributeDefinitions: AttributeDefinition[];
    readonly KeySchema: KeySchemaElement[];
    readonly StreamSpecification: { readonly StreamViewType: StreamViewType };
    readonly TimeToLiveSpecification: { readonly AttributeName: string };
  };
}

export type ResourceKind = keyof PropertiesByType;

/** A resource of a CloudFormation template, its intrinsic functions resolved. */
export interface TemplateResource<Kind extends ResourceKind> {
  readonly logicalId: string;
  readonly properties: PropertiesByType[Kind];
}

/** The synthesized stack: what CloudFormation would be given. */
export interface Template {
  readonly outputs: Readonly<Record<string, string>>;
  ofType<Kind extends ResourceKind>(type: Kind): TemplateResource<Kind>[];
  /** Where the asset of a function's code lies, by the key under which it would be uploaded. */
  assetPath(s3Key: string): string;
}

/** What the pseudo parameters stand for on this machine. */
export const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '000000000000',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'Rollcall',
};

/** Reads what `cdk synth` wrote into a folder. A resource's name is its logical id, as long as it needs one. */
export function readTemplate(folder: string, stack = 'Rollcall'): Template {
  const { Resources = {}, Outputs = {} } = readJson(join(folder, `${stack}.template.json`));
  const { files } = readJson(join(folder, `${stack}.assets.json`));
  const resources = Object.entries<{ Type: string; Properties?: unknown }>(Resources);
  return {
    ofType: <Kind extends ResourceKind>(type: Kind) =>
      resources
        .filter(([, { Type }]) => Type === type)
        .map(([logicalId, { Properties = {} }]) => ({ logicalId, properties: resolve(Properties) as PropertiesByType[Kind] })),
    outputs: Object.fromEntries(Object.entries<{ Value: unknown }>(Outputs).map(([name, { Value }]) => [name, String(resolve(Value))])),
    assetPath(s3Key) {
      const path = files[s3Key.replace(/\.zip$/, '')]?.source?.path;
      if (typeof path !== 'string') throw new Error(`the synthesized assets have no ${s3Key}`);
      return join(folder, path);
    },
  };
}

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

type Resolver = (argument: never) => unknown;

/** The intrinsic functions that the stack's template uses. Another one is an error: a guess would be a kinder AWS. */
const INTRINSICS: Readonly<Record<string, Resolver>> = {
  Ref: (name: string) => PSEUDO[name] ?? name,
  'Fn::GetAtt': ([logicalId, attribute]: [string, string]) =>
    attribute === 'Arn'
      ? `arn:aws:lambda:${PSEUDO['AWS::Region']}:${PSEUDO['AWS::AccountId']}:function:${logicalId}`
      : `${logicalId}.${attribute}`,
  'Fn::Join': ([separator, parts]: [string, unknown[]]) => parts.map(resolve).join(separator),
  'Fn::Split': ([separator, text]: [string, unknown]) => String(resolve(text)).split(separator),
  'Fn::Select': ([index, list]: [number, unknown]) => (resolve(list) as unknown[])[Number(index)],
  'Fn::Sub': (text: string) => text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => PSEUDO[name] ?? name),
};

function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  const isIntrinsic = others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
  if (!isIntrinsic) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part)]));
  const resolver = INTRINSICS[name];
  if (!resolver) throw new Error(`the local stack does not know ${name}: add it to ${import.meta.url}`);
  return resolver(argument as never);
}

/** The code of a function, as Lambda has it. */
export interface FunctionCode {
  /** The folder of its asset. */
  readonly root: string;
  /** The file of its bundle. */
  readonly file: string;
  /** What the bundle exports as its handler. */
  readonly handlerName: string;
}

/** Where the code of a function of a template lies. */
export function codeOf(template: Template, { properties: { Handler, Code } }: TemplateResource<'AWS::Lambda::Function'>): FunctionCode {
  const [module = '', handlerName = ''] = Handler.split('.');
  const root = template.assetPath(Code.S3Key);
  return { root, file: join(root, `${module}.mjs`), handlerName };
}
