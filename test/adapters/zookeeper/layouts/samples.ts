import type { LayoutName } from '../../../../adapters/zookeeper/layouts/index.ts'

/** A child of a service node, as its writer leaves it. */
export interface Sample {
  readonly name: string
  /** Null is no data at all, which is not the same as none. */
  readonly data: string | null
}

/** What each kind of writer leaves in ZooKeeper, byte for byte: from its documentation, its tests, or its source. */
export const samples = {
  plain: { name: '10.18.29.43:32768', data: null },
  portolan: {
    name: '10.0.0.1:8443',
    data: '{"weight":100,"scheme":"https","zone":"eu-1a","status":"UP","metadata":{"version":"3"}}',
  },
  registrator: {
    name: '192.168.1.123:49153',
    data: '{"Name":"www","IP":"192.168.1.123","PublicPort":49153,"PrivatePort":80,"ContainerID":"9124853ff0d1","Tags":[],"Attrs":{}}',
  },
  curator: {
    name: 'ca2fff8e-d756-480c-b59e-8297ff88624b',
    data: '{"name":"test","id":"ca2fff8e-d756-480c-b59e-8297ff88624b","address":"10.20.30.40","port":1234,"sslPort":null,"payload":"From Test","registrationTimeUTC":1325129459728,"serviceType":"DYNAMIC","uriSpec":null}',
  },
  'spring-cloud': {
    name: '6d4e5121-6c17-4023-8f7b-8922f8b70cae',
    data: '{"name":"cloud-provider-payment","id":"6d4e5121-6c17-4023-8f7b-8922f8b70cae","address":"DESKTOP-26GC398","port":8005,"sslPort":null,"payload":{"@class":"org.springframework.cloud.zookeeper.discovery.ZookeeperInstance","id":"application-1","name":"cloud-provider-payment","metadata":{"instance_status":"UP"}},"registrationTimeUTC":1610116500446,"serviceType":"DYNAMIC","uriSpec":{"parts":[{"value":"scheme","variable":true},{"value":"://","variable":false},{"value":"address","variable":true},{"value":":","variable":false},{"value":"port","variable":true}]}}',
  },
  serverset: {
    name: 'member_0000000007',
    data: '{"status":"ALIVE","additionalEndpoints":{"http":{"host":"smf1-dad-25-sr1.prod.twitter.com","port":31623},"aurora":{"host":"smf1-dad-25-sr1.prod.twitter.com","port":31863}},"serviceEndpoint":{"host":"smf1-dad-25-sr1.prod.twitter.com","port":31623},"shard":7,"metadata":{"k":"v"}}',
  },
  nerve: {
    name: 'i-0abc_0000000012',
    data: '{"host":"10.0.0.5","port":3000,"name":"i-0abc","weight":2,"haproxy_server_options":"backup","labels":{"az":"us-east-1a"}}',
  },
  // Its data is what Curator writes by default: the address of the registrant.
  dubbo: {
    name: 'tri%3A%2F%2F172.19.4.113%3A50051%2Forg.apache.dubbo.demo.DemoService%3Fside%3Dprovider%26timeout%3D3000',
    data: '172.19.4.113',
  },
  dubbo3: {
    name: '10.0.0.7:20880',
    data: '{"name":"demo-provider","id":"10.0.0.7:20880","address":"10.0.0.7","port":20880,"sslPort":null,"payload":{"@class":"org.apache.dubbo.registry.zookeeper.ZookeeperInstance","id":"10.0.0.7:20880","name":"demo-provider","metadata":{"dubbo.endpoints":"[{\\"port\\":20880,\\"protocol\\":\\"dubbo\\"},{\\"port\\":50051,\\"protocol\\":\\"tri\\"}]","dubbo.metadata.revision":"1","dubbo.metadata.storage-type":"local","timestamp":"1610116500446"}},"registrationTimeUTC":1610116500446,"serviceType":"DYNAMIC","uriSpec":null}',
  },
  'go-micro': {
    name: 'greeter-5a3e',
    data: '{"name":"greeter","version":"latest","metadata":null,"endpoints":[{"name":"Greeter.Hello"}],"nodes":[{"id":"greeter-5a3e","address":"10.0.0.9:43211","metadata":{"protocol":"grpc"}}]}',
  },
  kratos: {
    name: '0af1',
    data: '{"id":"0af1","name":"helloworld","version":"v1","metadata":{},"endpoints":["http://127.0.0.1:8000?isSecure=false","grpc://127.0.0.1:9000?isSecure=false"]}',
  },
  'go-kit': { name: '_c_c8a42d3c5d5b4a0f8a3f-0000000001', data: '10.0.2.10:80' },
  shenyu: {
    name: '10.0.0.4:8189',
    data: '{"appName":"order","host":"10.0.0.4","port":8189,"uri":"http://10.0.0.4:8189","status":0,"weight":50}',
  },
} as const satisfies Partial<Record<LayoutName, Sample>>

/** APISIX has it in the service's own node. */
export const apisixOwn = '[{"host":"127.0.0.1","port":1980,"weight":100}]'

export const vectors =
  '{"vector":[{"select":"member=member_0000000007","weight":1.2,"priority":1},{"select":"inet=10.0.0.3:80","weight":0.5},{"select":"shard=3","weight":2}]}'

export const nerveEncoded =
  'base64_116_eyJob3N0IjoiMTAuMC4wLjUiLCJwb3J0IjozMDAwLCJuYW1lIjoiaS0wYWJjIiwid2VpZ2h0IjoyLCJsYWJlbHMiOnsiYXoiOiJ1cy1lYXN0LTFhIn19_0000000007'
