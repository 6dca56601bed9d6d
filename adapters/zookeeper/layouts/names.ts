/** Apart from what they name: a configuration can be checked without loading it. */
export const layoutNames = [
  'auto',
  'plain',
  'portolan',
  'registrator',
  'curator',
  'spring-cloud',
  'serverset',
  'nerve',
  'dubbo',
  'dubbo3',
  'go-micro',
  'kratos',
  'go-kit',
  'shenyu',
  'apisix',
] as const

export type LayoutName = (typeof layoutNames)[number]
