// The gateway of many a tutorial on service discovery: express, http-proxy with its defaults, loadbalance's round robin.
// Those look the service up by two request headers; here it is mounted, so that all candidates get the same request.
import express from 'express'
import httpProxy from 'http-proxy'
import loadbalance from 'loadbalance'

const [port, ...upstreams] = process.argv.slice(2)
const instances = loadbalance.roundRobin(upstreams.map((upstream) => `127.0.0.1:${upstream}`))
const proxy = httpProxy.createProxyServer({})
const app = express()

app.use('/services/echo', (req, res) => {
  proxy.web(req, res, { target: `http://${instances.pick()}` })
})

app.listen(Number(port), '127.0.0.1')
