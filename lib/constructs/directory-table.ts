import { AttributeType, Billing, type ITableV2, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type CfnResource, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface DirectoryTableProps {
  /**
   * Name of a table in the same account and region that is used instead: point-in-time recovery restores into a new one. The
   * stack's own stays as it is, with what it holds.
   *
   * @default - the stack's own
   */
  readonly restoredTable?: string;
}

/**
 * The one table. It has no index: every read is of the base table and strongly consistent. Its logical id is a contract:
 * another one makes CloudFormation create another table, and leave this one behind with everybody's data.
 */
export class DirectoryTable extends Construct {
  /** The one that is in use. */
  readonly table: ITableV2;

  constructor(scope: Construct, id: string, { restoredTable }: DirectoryTableProps = {}) {
    super(scope, id);

    const own = new TableV2(this, 'Resource', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      timeToLiveAttribute: 'expires',
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    (own.node.defaultChild as CfnResource).overrideLogicalId('DirectoryTable');
    this.table = restoredTable === undefined ? own : TableV2.fromTableName(this, 'Restored', restoredTable);
  }
}
