/* script.c - the two functions, in Lua. KEYS are the keys of store/keys.h in the order of its enum.
 *
 * commit: ARGV = writer, seq, at_ms, then changes, each a letter and its arguments:
 *     m name status|""                                  a monitor, or that it is gone
 *     i id resolved(0|1) resolved_ms json               an incident
 *     d id incident done(0|1) created_ms json           a delivery
 *     a entry json                                      an attempt, into the ledger
 *     t entry json                                      a transition, into the audit log
 *     q id json                                         a silence or maintenance
 *     o id json                                         an override
 * Everything is absolute, and an entry of a stream that is there already is not added again: so a
 * commit may come twice, and a run of commits may be done again from any point of it. With no
 * changes it only proves that writing works. Answers {version, writer before, seq before}. Records
 * of before there were q and o, with fewer keys, are done as they are.
 *
 * An incident that is resolved takes its ended deliveries out of the outbox; one that is opened
 * again brings them back.
 *
 * trim: ARGV = "trim", before_ms, how many at most. Forgets resolved incidents and ended deliveries
 * older than that; answers how many it forgot.
 *
 * allow-oom: what must not be lost is written even when Redis is at its memory limit; the samples,
 * which are the bulk, are then refused by Redis and wait in the spool. */
#include "script.h"

#define BODY                                                                                       \
    "local META, MONITORS, INCIDENTS, RESOLVED, RESOLVED_AT = 1, 2, 3, 4, 5\n"                     \
    "local OUTBOX, DELIVERIES, DELIVERED_AT, OF, LEDGER, AUDIT = 6, 7, 8, 9, 10, 11\n"             \
    "local QUIETS, OVERRIDES = 12, 13\n"                                                           \
    "local BY_ID = { q = QUIETS, o = OVERRIDES }\n"                                                \
    "local ENDED = { delivered = true, refused = true, failed = true, overtaken = true }\n"        \
    "local function call(...) return redis.call(...) end\n"                                        \
    "local function append(key, entry, json)\n"                                                    \
    "  local there = call('XRANGE', key, entry, entry)[1]\n"                                       \
    "  if there and there[2][2] == json then return end\n"                                         \
    "  local tail = call('XREVRANGE', key, '+', '-', 'COUNT', 32)\n"                               \
    "  for _, e in ipairs(tail) do\n"                                                              \
    "    if e[2][2] == json then return end\n"                                                     \
    "  end\n"                                                                                      \
    "  local r = redis.pcall('XADD', key, entry, 'j', json)\n"                                     \
    "  if type(r) ~= 'table' or not r.err then return end\n"                                       \
    "  local ms, n = string.match(tail[1] and tail[1][1] or '', '(%d+)-(%d+)')\n"                  \
    "  call('XADD', key, ms and string.format('%s-%.0f', ms, n + 1) or '*', 'j', json)\n"          \
    "end\n"                                                                                        \
    "local function put_away(K, incident)\n"                                                       \
    "  local ids = call('HGET', K[OF], incident)\n"                                                \
    "  for id in string.gmatch(ids or '', '%S+') do\n"                                             \
    "    local json = call('HGET', K[OUTBOX], id)\n"                                               \
    "    if json and ENDED[cjson.decode(json).state] then\n"                                       \
    "      call('HDEL', K[OUTBOX], id)\n"                                                          \
    "      call('HSET', K[DELIVERIES], id, json)\n"                                                \
    "    end\n"                                                                                    \
    "  end\n"                                                                                      \
    "end\n"                                                                                        \
    "local function bring_back(K, incident)\n"                                                     \
    "  local ids = call('HGET', K[OF], incident)\n"                                                \
    "  for id in string.gmatch(ids or '', '%S+') do\n"                                             \
    "    local json = call('HGET', K[DELIVERIES], id)\n"                                           \
    "    if json then\n"                                                                           \
    "      call('HDEL', K[DELIVERIES], id)\n"                                                      \
    "      call('HSET', K[OUTBOX], id, json)\n"                                                    \
    "    end\n"                                                                                    \
    "  end\n"                                                                                      \
    "end\n"                                                                                        \
    "local function put_incident(K, id, resolved, at, json)\n"                                     \
    "  if resolved == '1' then\n"                                                                  \
    "    call('HDEL', K[INCIDENTS], id)\n"                                                         \
    "    call('HSET', K[RESOLVED], id, json)\n"                                                    \
    "    call('ZADD', K[RESOLVED_AT], at, id)\n"                                                   \
    "    put_away(K, id)\n"                                                                        \
    "  else\n"                                                                                     \
    "    if call('HDEL', K[RESOLVED], id) == 1 then bring_back(K, id) end\n"                       \
    "    call('ZREM', K[RESOLVED_AT], id)\n"                                                       \
    "    call('HSET', K[INCIDENTS], id, json)\n"                                                   \
    "  end\n"                                                                                      \
    "end\n"                                                                                        \
    "local function put_delivery(K, id, incident, ended, at, json)\n"                              \
    "  local ids = call('HGET', K[OF], incident)\n"                                                \
    "  local known = string.find(' ' .. (ids or '') .. ' ', ' ' .. id .. ' ', 1, true)\n"          \
    "  if incident ~= '' and not known then\n"                                                     \
    "    call('HSET', K[OF], incident, ids and (ids .. ' ' .. id) or id)\n"                        \
    "  end\n"                                                                                      \
    "  call('ZADD', K[DELIVERED_AT], at, id)\n"                                                    \
    "  if ended == '1' and call('HEXISTS', K[INCIDENTS], incident) == 0 then\n"                    \
    "    call('HDEL', K[OUTBOX], id)\n"                                                            \
    "    call('HSET', K[DELIVERIES], id, json)\n"                                                  \
    "  else\n"                                                                                     \
    "    call('HDEL', K[DELIVERIES], id)\n"                                                        \
    "    call('HSET', K[OUTBOX], id, json)\n"                                                      \
    "  end\n"                                                                                      \
    "end\n"                                                                                        \
    "local function put_changes(K, A)\n"                                                           \
    "  local i = 4\n"                                                                              \
    "  while i <= #A do\n"                                                                         \
    "    local kind = A[i]\n"                                                                      \
    "    if kind == 'm' then\n"                                                                    \
    "      if A[i + 2] == '' then call('HDEL', K[MONITORS], A[i + 1])\n"                           \
    "      else call('HSET', K[MONITORS], A[i + 1], A[i + 2]) end\n"                               \
    "      i = i + 3\n"                                                                            \
    "    elseif kind == 'i' then\n"                                                                \
    "      put_incident(K, A[i + 1], A[i + 2], A[i + 3], A[i + 4])\n"                              \
    "      i = i + 5\n"                                                                            \
    "    elseif kind == 'd' then\n"                                                                \
    "      put_delivery(K, A[i + 1], A[i + 2], A[i + 3], A[i + 4], A[i + 5])\n"                    \
    "      i = i + 6\n"                                                                            \
    "    elseif BY_ID[kind] then\n"                                                                \
    "      call('HSET', K[BY_ID[kind]], A[i + 1], A[i + 2])\n"                                     \
    "      i = i + 3\n"                                                                            \
    "    else\n"                                                                                   \
    "      append(kind == 'a' and K[LEDGER] or K[AUDIT], A[i + 1], A[i + 2])\n"                    \
    "      i = i + 3\n"                                                                            \
    "    end\n"                                                                                    \
    "  end\n"                                                                                      \
    "end\n"                                                                                        \
    "local function commit(K, A)\n"                                                                \
    "  local was = call('HMGET', K[META], 'writer', 'seq')\n"                                      \
    "  if #A == 3 then\n"                                                                          \
    "    call('HSET', K[META], 'greeted', A[3])\n"                                                 \
    "    return { 0, was[1] or '', was[2] or '' }\n"                                               \
    "  end\n"                                                                                      \
    "  put_changes(K, A)\n"                                                                        \
    "  call('HSET', K[META], 'writer', A[1], 'seq', A[2], 'at', A[3])\n"                           \
    "  return { call('HINCRBY', K[META], 'version', 1), was[1] or '', was[2] or '' }\n"            \
    "end\n"                                                                                        \
    "local function forget_deliveries(K, ids)\n"                                                   \
    "  local n = 0\n"                                                                              \
    "  for id in string.gmatch(ids or '', '%S+') do\n"                                             \
    "    if call('HEXISTS', K[OUTBOX], id) == 0 then\n"                                            \
    "      call('HDEL', K[DELIVERIES], id)\n"                                                      \
    "      n = n + call('ZREM', K[DELIVERED_AT], id)\n"                                            \
    "    end\n"                                                                                    \
    "  end\n"                                                                                      \
    "  return n\n"                                                                                 \
    "end\n"                                                                                        \
    "local function trim(K, A)\n"                                                                  \
    "  local upto, n = '(' .. A[2], A[3]\n"                                                        \
    "  local old = call('ZRANGEBYSCORE', K[RESOLVED_AT], '-inf', upto, 'LIMIT', 0, n)\n"           \
    "  for _, id in ipairs(old) do\n"                                                              \
    "    forget_deliveries(K, call('HGET', K[OF], id))\n"                                          \
    "    call('HDEL', K[OF], id)\n"                                                                \
    "    call('HDEL', K[RESOLVED], id)\n"                                                          \
    "    call('ZREM', K[RESOLVED_AT], id)\n"                                                       \
    "  end\n"                                                                                      \
    "  local ended = call('ZRANGEBYSCORE', K[DELIVERED_AT], '-inf', upto, 'LIMIT', 0, n)\n"        \
    "  return #old + forget_deliveries(K, table.concat(ended, ' '))\n"                             \
    "end\n"

const char script_library[] =
    "#!lua name=" SCRIPT_LIBRARY "\n" BODY "local function offer(name, f)\n"
    "  redis.register_function{ function_name = name, callback = f, flags = { 'allow-oom' } }\n"
    "end\n"
    "offer('" SCRIPT_COMMIT "', commit)\n"
    "offer('" SCRIPT_TRIM "', trim)\n"
    "offer('mw_commit', commit)\n"
    "offer('mw_trim', trim)\n";

const char script_text[] = BODY "if ARGV[1] == 'trim' then return trim(KEYS, ARGV) end\n"
                                "return commit(KEYS, ARGV)\n";
