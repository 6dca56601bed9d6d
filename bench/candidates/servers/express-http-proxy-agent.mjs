// express and http-proxy as one would run them: upstream connections are kept, and the client's address is handed on.
import http from 'node:http'
import express from 'express'
import httpProxy from 'http-proxy'
import loadbalance from 'loadbalance'

const [port, ...upstreams] = process.argv.slice(2)
const instances = loadbalance.roundRobin(upstreams.map((upstream) => `127.0.0.1:${upstream}`))
const proxy = httpProxy.createProxyServer({ agent: new http.Agent({ keepAlive: true }), xfwd: true })
const app = express()

app.use('/services/echo', (req, res) => {
  proxy.web(req, res, { target: `http://${instances.pick()}`, headers: { 'x-forwarded-prefix': '/services/echo' } })
})

app.listen(Number(port), '127.0.0.1')
