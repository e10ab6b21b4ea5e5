import { AttributeType, Billing, type CfnGlobalTable, type ITableV2, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface DirectoryTableProps {
  /**
   * Name of a table in the same account and region that is used instead: point-in-time recovery restores into a new one. The
   * stack's own stays as it is, with what it holds.
   *
   * @default - the stack's own
   */
  readonly restoredTable?: string;
  /**
   * Key that the table is encrypted with. Who loses it loses the table.
   *
   * @default - one that DynamoDB owns
   */
  readonly encryptionKey?: IKey;
  /**
   * Most read request units a second, a fuse against bills; what passes it is throttled.
   *
   * @default - none
   */
  readonly maxReadRequestUnits?: number;
  /**
   * Most write request units a second.
   *
   * @default - none
   */
  readonly maxWriteRequestUnits?: number;
  /**
   * Write units a second that the table takes at once, without having grown to them; paid for once. It cannot be lowered, and a
   * table that has grown past it has to go without.
   *
   * @default - what DynamoDB gives a new table, 4,000
   */
  readonly warmThroughput?: number;
}

/** Transactions are made of the single actions. Statements are a large change's, and what tidies up: they are actions of their own. */
const READ_WRITE = [
  ...['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
  ...['PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'],
];

/** What reading and writing a table takes of its key, by name: a pattern would allow more. */
const USE_KEY = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'DescribeKey'];

/**
 * The one table. It has no index: every read is of the base table and strongly consistent. Its logical id is a contract:
 * another one makes CloudFormation create another table, and leave this one behind with everybody's data.
 */
export class DirectoryTable extends Construct {
  /** The one that is in use. */
  readonly table: ITableV2;
  readonly #encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: DirectoryTableProps = {}) {
    super(scope, id);
    const { restoredTable, encryptionKey, maxReadRequestUnits, maxWriteRequestUnits, warmThroughput } = props;

    const own = new TableV2(this, 'Resource', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand({ maxReadRequestUnits, maxWriteRequestUnits }),
      ...(warmThroughput !== undefined && {
        warmThroughput: { writeUnitsPerSecond: warmThroughput },
      }),
      timeToLiveAttribute: 'expires',
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const resource = own.node.defaultChild as CfnGlobalTable;
    resource.overrideLogicalId('DirectoryTable');
    if (encryptionKey) encryptWith(resource, encryptionKey);
    this.table = restoredTable === undefined ? own : TableV2.fromTableName(this, 'Restored', restoredTable);
    this.#encryptionKey = encryptionKey;
  }

  /** Lets somebody do what the service does with the table, and no more: it scans nothing, for one. */
  grantService(grantee: IGrantable): void {
    this.table.grant(grantee, ...READ_WRITE.map((action) => `dynamodb:${action}`));
    this.#encryptionKey?.grant(grantee, ...USE_KEY.map((action) => `kms:${action}`));
  }
}

/** `TableV2` has a property for this, which works in a stack alone that knows its region. */
function encryptWith(table: CfnGlobalTable, { keyArn }: IKey): void {
  table.addPropertyOverride('SSESpecification', { SSEEnabled: true, SSEType: 'KMS' });
  table.addPropertyOverride('Replicas.0.SSESpecification', { KMSMasterKeyId: keyArn });
}
