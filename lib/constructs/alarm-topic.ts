import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** Address that alarms are mailed to, once somebody there has followed the link that AWS sends first. */
  readonly email: string;
}

/**
 * Sends alarms by e-mail. It is not encrypted at rest: CloudWatch may not use the key that AWS manages for SNS, one of the account's
 * own would cost as much as all the alarms, and what they say is the name of an alarm, a text of ours and a number.
 */
export class AlarmTopic extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, { email }: AlarmTopicProps) {
    super(scope, id);

    const topic = new Topic(this, 'Resource', { displayName: 'Rollcall alarms', enforceSSL: true });
    // A policy of our own, such as that which asks for TLS, takes the place of the default one, by which alarms may publish.
    const account = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com', { conditions: account }));
    topic.addSubscription(new EmailSubscription(email));
    this.topic = topic;
  }
}
