-- luajit open-loop.lua PORT PATH RATE CONNECTIONS SECONDS
-- Sends RATE GETs a second to loopback, evenly spaced, whatever becomes of them. One that is due when no connection is free waits
-- in line, and its latency counts from the moment it was due. What has not been answered at the end counts with the time it has
-- waited so far: a program that cannot keep up shows so in its latencies, too.
local ffi = require('ffi')
local C = ffi.C

ffi.cdef [[
  struct address { uint16_t family; uint16_t port; uint32_t host; uint8_t zero[8]; };
  struct timespec { long sec; long nsec; };
  int socket(int domain, int type, int protocol);
  int connect(int fd, const struct address *address, unsigned length);
  int setsockopt(int fd, int level, int name, const void *value, unsigned length);
  int close(int fd);
  ssize_t send(int fd, const void *bytes, size_t length, int flags);
  ssize_t recv(int fd, void *bytes, size_t length, int flags);
  int epoll_create1(int flags);
  int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
  int epoll_pwait2(int epoll, struct epoll_event *events, int most, const struct timespec *timeout, const void *mask);
  int clock_gettime(int clock, struct timespec *time);
  int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
]]

-- On x86 alone the kernel's own is packed.
ffi.cdef('struct ' .. (ffi.arch == 'x64' and '__attribute__((packed))' or '') .. ' epoll_event { uint32_t events; uint64_t data; };')

local port, path, rate, connections, seconds = tonumber(arg[1]), arg[2], tonumber(arg[3]), tonumber(arg[4]), tonumber(arg[5])
local request = 'GET ' .. path .. ' HTTP/1.1\r\nHost: 127.0.0.1:' .. port .. '\r\n\r\n'
local intervalUs, endUs = 1e6 / rate, seconds * 1e6

C.prctl(29, 1, 0, 0, 0) -- PR_SET_TIMERSLACK: one nanosecond, where 50 µs are the default

local time = ffi.new('struct timespec')
local function clockUs()
  C.clock_gettime(1, time) -- CLOCK_MONOTONIC
  return tonumber(time.sec) * 1e6 + tonumber(time.nsec) / 1e3
end

local epoll = C.epoll_create1(0)
local event = ffi.new('struct epoll_event')
local events = ffi.new('struct epoll_event[?]', connections)
local one = ffi.new('int[1]', 1)

local sockets, dueUs, heads = {}, {}, {} -- by connection: its socket, when its request was due, what has come of the answer
local idle, first, last = {}, 1, 0       -- connections without a request, the longest idle first
local latencies, errors, bytes = {}, 0, 0

local function open(connection)
  local address = ffi.new('struct address', { family = 2, host = 0x0100007f })
  address.port = bit.bor(bit.lshift(bit.band(port, 0xff), 8), bit.rshift(port, 8))
  local fd = C.socket(2, 1, 0)
  assert(C.connect(fd, address, 16) == 0, 'cannot connect')
  C.setsockopt(fd, 6, 1, one, 4) -- TCP_NODELAY
  event.events, event.data = 1, connection
  assert(C.epoll_ctl(epoll, 1, fd, event) == 0, 'cannot watch a socket')
  sockets[connection], heads[connection] = fd, ''
end

local function rest(connection)
  dueUs[connection] = nil
  last = last + 1
  idle[last] = connection
end

local function reopen(connection)
  if dueUs[connection] then errors = errors + 1 end
  C.close(sockets[connection])
  open(connection)
  if dueUs[connection] then rest(connection) end
end

-- How long the whole answer is, once its head is there. Answers here are small and have a Content-Length.
local function lengthOf(text)
  local _, headEnd = text:find('\r\n\r\n', 1, true)
  if not headEnd then return nil end
  local head = text:sub(1, headEnd):lower()
  return headEnd + assert(tonumber(head:match('\r\ncontent%-length: *(%d+)')), 'an answer without a length'), head
end

local buffer = ffi.new('uint8_t[65536]')
local function receive(connection, startUs)
  local count = tonumber(C.recv(sockets[connection], buffer, 65536, 0))
  if count <= 0 or not dueUs[connection] then return reopen(connection) end
  bytes = bytes + count
  local text = heads[connection] .. ffi.string(buffer, count)
  local length, head = lengthOf(text)
  if not length or #text < length then
    heads[connection] = text
    return
  end
  latencies[#latencies + 1] = clockUs() - startUs - dueUs[connection]
  if head:sub(10, 12) ~= '200' then errors = errors + 1 end
  heads[connection] = ''
  rest(connection)
  if head:find('\r\nconnection: close', 1, true) then reopen(connection) end
end

for connection = 1, connections do
  open(connection)
  rest(connection)
end

local sent, timeout = 0, ffi.new('struct timespec')
local startUs = clockUs()
while true do
  local nowUs = clockUs() - startUs
  if nowUs >= endUs then break end
  while first <= last and sent * intervalUs <= nowUs do
    local connection = idle[first]
    idle[first], first = nil, first + 1
    dueUs[connection] = sent * intervalUs
    sent = sent + 1
    if C.send(sockets[connection], request, #request, 0x4000) < 0 then reopen(connection) end -- MSG_NOSIGNAL
  end
  local nextUs = first <= last and sent * intervalUs or endUs
  timeout.nsec = math.min(999999999, math.max(0, (nextUs - (clockUs() - startUs)) * 1e3))
  local ready = C.epoll_pwait2(epoll, events, connections, timeout, nil)
  for i = 0, ready - 1 do receive(tonumber(events[i].data), startUs) end
end

local answered = #latencies
for _, due in pairs(dueUs) do latencies[#latencies + 1] = endUs - due end
for waiting = sent, math.floor(endUs / intervalUs) - 1 do latencies[#latencies + 1] = endUs - waiting * intervalUs end
table.sort(latencies)

local function quantile(share) return latencies[math.max(1, math.ceil(#latencies * share))] end
io.write(string.format('{"requests":%d,"durationUs":%d,"bytes":%d,"p50Us":%.1f,"p99Us":%.1f,"p999Us":%.1f,"errors":%d}\n',
  answered, endUs, bytes, quantile(0.5), quantile(0.99), quantile(0.999), errors))
