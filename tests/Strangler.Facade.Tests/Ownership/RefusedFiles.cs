namespace Strangler.Facade.Tests;

/// <summary>Files that are wrong, and the whole text of what the validator says about each.</summary>
public static class RefusedFiles
{
    /// <summary>Name, file, errors; and whether the schema alone sees it too (it knows no rule across entries).</summary>
    public static TheoryData<string, string, string, bool> All { get; } = new()
    {
        { "empty", "", "line 1, column 1, $: The file is empty. `strangler init --legacy URL` writes a first file.", true },
        { "blank", " \n ", "line 1, column 1, $: The file is empty. `strangler init --legacy URL` writes a first file.", true },
        { "syntax", "{\n  \"legacy\": oops\n}", "line 2, column 13, $: This is not JSON: 'o' is an invalid start of a value. Comments and commas at the end of a list are allowed, nothing else that JSON has not.", true },
        { "half written", "{\n  \"legacy\": { \"addr", "line 2, column 20, $: This is not JSON: Expected end of string, but instead reached end of data. Comments and commas at the end of a list are allowed, nothing else that JSON has not.", true },
        { "two values", "{} {}", "line 1, column 4, $: This is not JSON: '{' is invalid after a single JSON value. Expected end of data. Comments and commas at the end of a list are allowed, nothing else that JSON has not.", true },
        { "a list", "[]", "line 1, column 1, $: This must be an object. Write { … }.", true },
        {
            "nothing in it", "{}", """
            line 1, column 1, $.legacy: 'legacy' is missing. Add "legacy": { "address": "http://host:port" }.
            line 1, column 1, $.routes: 'routes' is missing. Add "routes": [ … ], the last one { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }.
            """, true
        },
        {
            "unknown keys", """
            {
              "legasy": 1,
              "legacy": { "address": "http://a", "forwardet": "none" },
              "routes": [
                { "id": "a", "match": { "path": "/a", "method": ["GET"] }, "stage": "legacy", "colour": "red" },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 2, column 3, $.legasy: 'legasy' is not known here. Did you mean "legacy"?
            line 3, column 38, $.legacy.forwardet: 'forwardet' is not known here. Did you mean "forwarded"?
            line 5, column 43, $.routes[0].match.method: 'method' is not known here. Did you mean "methods"?
            line 5, column 83, $.routes[0].colour: 'colour' is not known here. Known here: "id", "match", "service", "identity", "stage", "idleTimeout", "shadow", "canary", "fallback", "fallbackAfter", "gates", "accessLog".
            """, true
        },
        {
            "owners", """
            {
              "caseSensitive": "no",
              "legacy": { "address": "127.0.0.1:8082", "forwarded": "appendd" },
              "services": {
                "legacy": { "destinations": ["http://a"] },
                "a b": { "destinations": ["http://a/path"] },
                "c": { "destinations": [] },
                "C": { },
                "d": { "destinations": ["ftp://a", "http://b?x"] }
              },
              "routes": [ { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" } ]
            }
            """, """
            line 2, column 20, $.caseSensitive: 'caseSensitive' must be true or false. Leave it out for false: paths are compared without case.
            line 3, column 26, $.legacy.address: '127.0.0.1:8082' is no address. Write scheme, host and port alone, e.g. "http://127.0.0.1:8082".
            line 3, column 57, $.legacy.forwarded: 'appendd' is no value of 'forwarded'. Did you mean "append"?
            line 5, column 5, $.services.legacy: A service cannot be called 'legacy'. Give it the name of its context, e.g. "orders".
            line 6, column 12, $.services.a b: 'a b' is no service name. Use letters, digits, '-', '_' and '.' only.
            line 6, column 31, $.services.a b.destinations[0]: 'http://a/path' is no address. Write scheme, host and port alone, e.g. "http://127.0.0.1:8082".
            line 7, column 28, $.services.c.destinations: 'destinations' must be a list with an address. Write ["http://host:port"].
            line 8, column 5, $.services.C: 'C' appears twice. Keep one.
            line 8, column 10, $.services.C.destinations: 'destinations' is missing. Add "destinations": ["http://host:port"].
            line 9, column 29, $.services.d.destinations[0]: 'ftp://a' is no address. Write scheme, host and port alone, e.g. "http://127.0.0.1:8082".
            line 9, column 40, $.services.d.destinations[1]: 'http://b?x' is no address. Write scheme, host and port alone, e.g. "http://127.0.0.1:8082".
            """, true
        },
        {
            "rewriting", """
            {
              "legacy": { "address": "http://a", "rewrite": { } },
              "services": {
                "b": { "destinations": ["http://b"], "rewrite": true },
                "c": { "destinations": ["http://c"], "rewrite": { "locations": "yes", "names": ["http://x"], "cookie": {} } },
                "d": { "destinations": ["http://d"], "rewrite": { "names": ["x"], "cookies": { "domain": "a b", "path": "x", "secure": "yes", "sameSite": "lax" } } },
                "e": { "destinations": ["http://e"], "rewrite": { "locations": true, "names": [], "cookies": { } } },
                "f": { "destinations": ["http://f"], "rewrite": { "cookies": { "secure": "remove", "sameSite": "None" } } }
              },
              "routes": [ { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" } ]
            }
            """, """
            line 2, column 49, $.legacy.rewrite: This rewrites nothing. Add "locations": true or "cookies": { … }, or leave 'rewrite' out.
            line 4, column 53, $.services.b.rewrite: This must be an object. Write { … }.
            line 5, column 68, $.services.c.rewrite.locations: 'locations' must be true or false. Leave it out for false.
            line 5, column 84, $.services.c.rewrite.names: 'names' says nothing without 'locations'. Add "locations": true, or leave it out.
            line 5, column 85, $.services.c.rewrite.names[0]: 'http://x' is no host. Write "name", "name:port" or "*.name", without scheme and path.
            line 5, column 98, $.services.c.rewrite.cookie: 'cookie' is not known here. Did you mean "cookies"?
            line 6, column 64, $.services.d.rewrite.names: 'names' says nothing without 'locations'. Add "locations": true, or leave it out.
            line 6, column 94, $.services.d.rewrite.cookies.domain: 'a b' is no domain. Write e.g. "shop.example", or "remove".
            line 6, column 109, $.services.d.rewrite.cookies.path: 'x' is no path of a cookie. Write e.g. "/".
            line 6, column 124, $.services.d.rewrite.cookies.secure: 'yes' is no value of 'secure'. Write "add", "remove" or "public".
            line 6, column 143, $.services.d.rewrite.cookies.sameSite: 'lax' is no value of 'sameSite'. Did you mean "Lax"?
            line 7, column 83, $.services.e.rewrite.names: 'names' is empty, so nothing would match. Leave it out to match any.
            line 7, column 98, $.services.e.rewrite.cookies: This rewrites nothing. Add "domain", "path", "secure" or "sameSite", or leave 'cookies' out.
            line 8, column 78, $.services.f.rewrite.cookies.secure: Browsers refuse cookies with SameSite=None that are not Secure. Write "add".
            """, true
        },
        {
            "how paths are read", """
            {
              "paths": { "encodedSlashes": "split", "backslash": "keep", "parameters": true },
              "legacy": { "address": "http://a" },
              "routes": [ { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" } ]
            }
            """, """
            line 2, column 32, $.paths.encodedSlashes: 'split' is no value of 'encodedSlashes'. Write "keep" or "separate".
            line 2, column 41, $.paths.backslash: 'backslash' is not known here. Did you mean "backslashes"?
            line 2, column 76, $.paths.parameters: This must be text. Write it in double quotes.
            """, true
        },
        {
            "idle timeouts", """
            {
              "legacy": { "address": "http://a" },
              "routes": [
                { "id": "a", "match": { "path": "/a" }, "idleTimeout": "1 h", "stage": "legacy" },
                { "id": "b", "match": { "path": "/b" }, "idleTimeout": "24:00:00", "stage": "legacy" },
                { "id": "c", "match": { "path": "/c" }, "idleTimeout": "00:00:00", "stage": "legacy" },
                { "id": "d", "match": { "path": "/d" }, "idleTimeout": 60, "stage": "legacy" },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 4, column 60, $.routes[0].idleTimeout: 'idleTimeout' must be a duration from 00:00:01 to 23:59:59. Write hours, minutes and seconds, e.g. "00:10:00".
            line 5, column 60, $.routes[1].idleTimeout: 'idleTimeout' must be a duration from 00:00:01 to 23:59:59. Write hours, minutes and seconds, e.g. "00:10:00".
            line 6, column 60, $.routes[2].idleTimeout: 'idleTimeout' must be a duration from 00:00:01 to 23:59:59. Write hours, minutes and seconds, e.g. "00:10:00".
            line 7, column 60, $.routes[3].idleTimeout: 'idleTimeout' must be a duration from 00:00:01 to 23:59:59. Write hours, minutes and seconds, e.g. "00:10:00".
            """, true
        },
        {
            "routes", """
            {
              "legacy": { "address": "http://a" },
              "services": { "orders": { "destinations": ["http://b"] } },
              "routes": [
                { },
                { "id": "a b", "match": { "path": "orders" }, "stage": "servce" },
                { "id": "c", "match": { "path": "/c", "methods": ["get", "GTE", "GET", "GET", "G T"], "hosts": ["http://x", "x:0", "x", "X"] }, "stage": "retired" },
                { "id": "d", "match": { "path": "/d", "methods": [], "hosts": "x" }, "stage": "service" },
                { "id": "e", "match": { "path": "/e" }, "service": "ordes", "identity": "requird", "stage": "service" },
                { "id": "f", "match": { "path": "" }, "service": "legacy", "stage": 5 },
                "g",
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 5, column 5, $.routes[0].id: 'id' is missing. Give the route a name, e.g. "id": "orders".
            line 5, column 5, $.routes[0].match: 'match' is missing. Add "match": { "path": "/…" }.
            line 5, column 5, $.routes[0].stage: 'stage' is missing. Add "stage": "legacy".
            line 6, column 13, $.routes[1].id: 'a b' is no route id. Use letters, digits, '-', '_' and '.' only.
            line 6, column 39, $.routes[1].match.path: A path begins with '/'. Write "/orders".
            line 6, column 60, $.routes[1].stage: 'servce' is no stage. Did you mean "service"?
            line 7, column 55, $.routes[2].match.methods[0]: 'get' is written in upper case. Write "GET".
            line 7, column 62, $.routes[2].match.methods[1]: 'GTE' looks like a misspelled method. Did you mean "GET"?
            line 7, column 76, $.routes[2].match.methods[3]: 'GET' is listed twice. Keep one.
            line 7, column 83, $.routes[2].match.methods[4]: 'G T' is no HTTP method. Write e.g. "GET".
            line 7, column 101, $.routes[2].match.hosts[0]: 'http://x' is no host. Write "name", "name:port" or "*.name", without scheme and path.
            line 7, column 113, $.routes[2].match.hosts[1]: 'x:0' is no host. Write "name", "name:port" or "*.name", without scheme and path.
            line 7, column 125, $.routes[2].match.hosts[3]: 'X' is listed twice. Keep one.
            line 7, column 142, $.routes[2].stage: The stage 'retired' is not yet supported. Write "legacy", "shadow", "canary" or "service".
            line 8, column 54, $.routes[3].match.methods: 'methods' is empty, so nothing would match. Leave it out to match any.
            line 8, column 67, $.routes[3].match.hosts: 'hosts' must be a list. Write [ … ].
            line 8, column 83, $.routes[3].stage: The stage 'service' needs a service. Add "service": "name" to the route, or write "legacy".
            line 9, column 56, $.routes[4].service: The service 'ordes' is not among 'services'. Did you mean "orders"?
            line 9, column 77, $.routes[4].identity: 'requird' is no value of 'identity'. Did you mean "required"?
            line 10, column 37, $.routes[5].match.path: This text is empty. Write it in double quotes.
            line 10, column 54, $.routes[5].service: 'legacy' is no service. Leave "service" out and write "stage": "legacy".
            line 10, column 73, $.routes[5].stage: This must be text. Write it in double quotes.
            line 11, column 5, $.routes[6]: This must be an object. Write { … }.
            """, true
        },
        {
            "shadow", """
            {
              "legacy": { "address": "http://a" },
              "services": { "s": { "destinations": ["http://b"] } },
              "routes": [
                { "id": "a", "match": { "path": "/a" }, "service": "s", "stage": "shadow", "shadow": { "share": 101, "noise": "2", "exclude": ["logout"], "ignore": ["price", "body.?"], "reveal": [], "credentials": "keep", "headers": ["X: 1"], "sink": "nowhere", "to": 1, "changes": { "url": "lag" } } },
                { "id": "b", "match": { "path": "/b" }, "stage": "shadow", "shadow": [] },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy", "shadow": { "share": 1 } }
              ]
            }
            """, """
            line 5, column 101, $.routes[0].shadow.share: 'share' must be a number of percent. Write 0 to 100, without quotes.
            line 5, column 115, $.routes[0].shadow.noise: 'noise' must be a number of percent. Write 0 to 100, without quotes.
            line 5, column 132, $.routes[0].shadow.exclude[0]: A path begins with '/'. Write "/logout".
            line 5, column 154, $.routes[0].shadow.ignore[0]: A field begins with 'status', 'header.' or 'body'. Copy a field from `strangler mismatches ROUTE`, e.g. "body.items[].updated_at" or "header.x-*".
            line 5, column 163, $.routes[0].shadow.ignore[1]: A field has no '\' and no '?'; '*' stands for anything. Copy a field from `strangler mismatches ROUTE`, e.g. "body.items[].updated_at" or "header.x-*".
            line 5, column 184, $.routes[0].shadow.reveal: 'reveal' is empty, so it says nothing. Leave it out for none.
            line 5, column 203, $.routes[0].shadow.credentials: 'keep' is no value of 'credentials'. Write "strip" or "pass".
            line 5, column 223, $.routes[0].shadow.headers[0]: 'X: 1' is no header. Write its name alone, e.g. "X-Tenant".
            line 5, column 240, $.routes[0].shadow.sink: 'nowhere' is no address. Write scheme, host and port alone, e.g. "http://127.0.0.1:8090".
            line 5, column 251, $.routes[0].shadow.to: 'to' is not known here. Known here: "share", "noise", "exclude", "ignore", "reveal", "credentials", "headers", "sink", "changes".
            line 5, column 271, $.routes[0].shadow.changes.value: 'value' is missing. Add "value": "head".
            line 5, column 280, $.routes[0].shadow.changes.url: 'lag' is no URL to ask. Write e.g. "http://127.0.0.1:8085/lag".
            line 6, column 54, $.routes[1].stage: The stage 'shadow' needs a service. Add "service": "name" to the route, or write "legacy".
            line 6, column 74, $.routes[1].shadow: This must be an object. Write { … }.
            line 7, column 95, $.routes[2].shadow: 'everything-else' is never shadowed. Leave "shadow" out; give what moves an entry of its own.
            """, true
        },
        {
            "shadow where nobody knows what is safe", """
            {
              "legacy": { "address": "http://a" },
              "services": { "s": { "destinations": ["http://b"] } },
              "routes": [
                { "id": "a", "match": { "path": "/{**all}", "hosts": ["h"] }, "service": "s", "stage": "shadow" },
                { "id": "b", "match": { "path": "/b", "methods": ["POST", "DELETE"] }, "service": "s", "stage": "shadow" },
                { "id": "c", "match": { "path": "/c", "methods": ["POST"] }, "service": "s", "stage": "shadow", "shadow": { "sink": "http://c" } },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 5, column 92, $.routes[0].stage: Route 'a' takes every path, so nobody can know that its requests change nothing. Shadow routes with a path of their own; write "legacy".
            line 6, column 101, $.routes[1].stage: Route 'b' takes only POST, DELETE, and requests with side effects are not copied. Name a "sink" in its "shadow", or write "legacy".
            """, false
        },
        {
            "canary", """
            {
              "legacy": { "address": "http://a", "sessionCookie": "a b" },
              "services": { "s": { "destinations": ["http://b"] } },
              "routes": [
                { "id": "a", "match": { "path": "/a" }, "stage": "canary" },
                { "id": "b", "match": { "path": "/b", "methods": ["GET"] }, "service": "s", "stage": "canary", "canary": { "share": 100.5, "shares": 1, "testers": {} } },
                { "id": "c", "match": { "path": "/c", "methods": ["GET"] }, "service": "s", "stage": "canary", "canary": { "share": "5", "writes": "both", "testers": { "header": "X Y" } } },
                { "id": "d", "match": { "path": "/d", "methods": ["GET"] }, "service": "s", "stage": "canary", "canary": { "share": 1.234, "salt": "", "follows": "e" } },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 2, column 55, $.legacy.sessionCookie: 'a b' is no name of a sessionCookie. Use letters, digits and '-', '_' or '.'.
            line 5, column 54, $.routes[0].stage: The stage 'canary' needs a service. Add "service": "name" to the route, or write "legacy".
            line 5, column 54, $.routes[0].stage: The stage 'canary' needs a share. Add "canary": { "share": 5 } to the route, or "canary": { "follows": "route" }.
            line 5, column 54, $.routes[0].stage: In stage 'canary' this route would have two writers: it takes methods that write. Name "methods": ["GET", "HEAD"] in its match and give the others an entry of their own; or, if both owners may write, add "writes": "split" to "canary".
            line 6, column 121, $.routes[1].canary.share: 'share' must be a number from 0 to 100, with two decimals at most. Write the percentage of users that the service answers, e.g. 12.5.
            line 6, column 128, $.routes[1].canary.shares: 'shares' is not known here. Did you mean "share"?
            line 6, column 152, $.routes[1].canary.testers: 'testers' names neither a header nor a cookie. Write e.g. { "header": "X-Canary" }, or leave it out.
            line 7, column 121, $.routes[2].canary.share: 'share' must be a number from 0 to 100, with two decimals at most. Write the percentage of users that the service answers, e.g. 12.5.
            line 7, column 136, $.routes[2].canary.writes: 'both' is no value of 'writes'. Write "never" or "split".
            line 7, column 167, $.routes[2].canary.testers.header: 'X Y' is no name of a header. Use letters, digits and '-', '_' or '.'.
            line 8, column 121, $.routes[3].canary.share: A route that follows another has no 'share' of its own. Keep either this or 'follows'.
            line 8, column 121, $.routes[3].canary.share: 'share' must be a number from 0 to 100, with two decimals at most. Write the percentage of users that the service answers, e.g. 12.5.
            line 8, column 136, $.routes[3].canary.salt: A route that follows another has no 'salt' of its own. Keep either this or 'follows'.
            line 8, column 136, $.routes[3].canary.salt: This text is empty. Write it in double quotes.
            line 8, column 151, $.routes[3].canary.follows: There is no route 'e' to follow. Write the id of the route whose users this one splits alike.
            """, true
        },
        {
            "services", """
            {
              "legacy": { "address": "http://a" },
              "services": {
                "a": { "destinations": ["http://b", "http://c", "http://b/"], "loadBalancing": "Roundrobin" },
                "b": { "destinations": ["http://b"], "health": { "path": "health", "interval": "5s", "timeout": "00:02:00", "failures": 0.5, "pause": 1 } },
                "c": { "destinations": ["http://b"], "breaker": { "failures": 101, "minimum": "5", "window": "00:00:00.5", "pause": "24:00:00", "probes": 0, "probe": 1 } },
                "d": { "destinations": ["http://b"], "breaker": false }
              },
              "routes": [ { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy", "fallbackAfter": "00:00:01" } ]
            }
            """, """
            line 4, column 53, $.services.a.destinations[2]: 'http://b/' is listed twice. Keep one.
            line 4, column 84, $.services.a.loadBalancing: 'Roundrobin' is no value of 'loadBalancing'. Did you mean "RoundRobin"?
            line 5, column 62, $.services.b.health.path: 'health' is no path. Write e.g. "/health".
            line 5, column 84, $.services.b.health.interval: 'interval' must be a duration from 00:00:00.100 to 01:00:00. Write hours, minutes and seconds, e.g. "00:00:10".
            line 5, column 101, $.services.b.health.timeout: 'timeout' must be a duration from 00:00:00.050 to 00:01:00. Write hours, minutes and seconds, e.g. "00:00:02".
            line 5, column 125, $.services.b.health.failures: 'failures' must be a whole number from 1 to 100. Write e.g. 2.
            line 5, column 139, $.services.b.health.pause: 'pause' must be a duration from 00:00:00.100 to 01:00:00. Write hours, minutes and seconds, e.g. "00:00:05".
            line 6, column 67, $.services.c.breaker.failures: 'failures' must be a whole number from 1 to 100. Write e.g. 50.
            line 6, column 83, $.services.c.breaker.minimum: 'minimum' must be a whole number from 1 to 100000. Write e.g. 20.
            line 6, column 98, $.services.c.breaker.window: 'window' must be a duration from 00:00:01 to 01:00:00. Write hours, minutes and seconds, e.g. "00:00:10".
            line 6, column 121, $.services.c.breaker.pause: 'pause' must be a duration from 00:00:00.100 to 01:00:00. Write hours, minutes and seconds, e.g. "00:00:05".
            line 6, column 143, $.services.c.breaker.probes: 'probes' must be a whole number from 1 to 100. Write e.g. 3.
            line 6, column 146, $.services.c.breaker.probe: 'probe' is not known here. Did you mean "probes"?
            line 7, column 53, $.services.d.breaker: 'breaker' must be an object, or "off". Leave it out for the defaults.
            line 9, column 112, $.routes[0].fallbackAfter: 'fallbackAfter' says nothing without a fallback. Add "fallback": "legacy", or leave it out.
            """, true
        },
        {
            "steps", """
            {
              "legacy": { "address": "http://a" },
              "services": { "s": { "destinations": ["http://b"] } },
              "routes": [
                { "id": "a", "match": { "path": "/a" }, "stage": "legacy", "canary": { "every": "24:00:00" } },
                { "id": "b", "match": { "path": "/b" }, "stage": "legacy", "canary": { "steps": [5, "x", 101, 5, 25] } },
                { "id": "c", "match": { "path": "/c" }, "stage": "legacy", "canary": { "follows": "a", "steps": [] } },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 5, column 85, $.routes[0].canary.every: 'every' says nothing without steps. Add "steps": [5, 25, 50, 100], or leave it out.
            line 5, column 85, $.routes[0].canary.every: 'every' must be a duration from 00:00:01 to 23:59:59. Write hours, minutes and seconds, e.g. "00:10:00".
            line 6, column 89, $.routes[1].canary.steps[1]: A step must be a number from 0 to 100, with two decimals at most. Write the percentage of users that the service answers, e.g. 12.5.
            line 6, column 94, $.routes[1].canary.steps[2]: A step must be a number from 0 to 100, with two decimals at most. Write the percentage of users that the service answers, e.g. 12.5.
            line 6, column 99, $.routes[1].canary.steps[3]: The step 5 does not lead on from 5. Write the shares in rising order.
            line 7, column 101, $.routes[2].canary.steps: A route that follows another has no 'steps' of its own. Keep either this or 'follows'.
            line 7, column 101, $.routes[2].canary.steps: 'steps' must be a list of shares. Write e.g. [5, 25, 50, 100], or leave it out.
            """, true
        },
        {
            "gates", """
            {
              "legacy": { "address": "http://a" },
              "routes": [
                { "id": "a", "match": { "path": "/a" }, "stage": "legacy", "gates": { "samples": 0, "errors": -1, "latency": "2", "mismatches": 101, "dryRun": "yes", "dryrun": 1 } },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 4, column 86, $.routes[0].gates.samples: 'samples' must be a whole number from 1 to 1000000. Write e.g. 200.
            line 4, column 99, $.routes[0].gates.errors: 'errors' must be a number from 0 to 100. Write e.g. 1.
            line 4, column 114, $.routes[0].gates.latency: 'latency' must be a number from 0.1 to 100. Write e.g. 1.25.
            line 4, column 133, $.routes[0].gates.mismatches: 'mismatches' must be a number from 0 to 100. Write e.g. 0.1.
            line 4, column 148, $.routes[0].gates.dryRun: 'dryRun' must be true or false. Leave it out for false.
            line 4, column 155, $.routes[0].gates.dryrun: 'dryrun' is not known here. Did you mean "dryRun"?
            """, true
        },
        {
            "signals", """
            {
              "legacy": { "address": "http://a" },
              "routes": [
                { "id": "a", "match": { "path": "/a" }, "stage": "legacy", "gates": { "window": "24:00:00", "onFailure": "back", "signals": {} } },
                { "id": "b", "match": { "path": "/b" }, "stage": "legacy", "gates": { "signals": {
                  "Errors": { "url": "http://a/lag", "value": "x", "most": 1 },
                  "a b": { "url": "lag", "value": "x", "most": -1, "patience": "02:00:00" },
                  "c": {},
                  "d": { "url": "ftp://a", "value": "", "most": 1, "least": 1 },
                  "e": 5 } } },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 4, column 85, $.routes[0].gates.window: 'window' must be a duration from 00:00:01 to 23:59:59. Write hours, minutes and seconds, e.g. "00:05:00".
            line 4, column 110, $.routes[0].gates.onFailure: 'back' is no value of 'onFailure'. Write "legacy", "previous" or "pause".
            line 4, column 129, $.routes[0].gates.signals: 'signals' must name at least one. Write { "lag": { "url": "http://host:port/lag", "value": "seconds_behind", "most": 5 } }, or leave it out.
            line 6, column 7, $.routes[1].gates.signals.Errors: 'Errors' is a gate already. Give the signal another name.
            line 7, column 14, $.routes[1].gates.signals.a b: 'a b' is no name of a signal. Use letters, digits, '-', '_' and '.' only.
            line 7, column 23, $.routes[1].gates.signals.a b.url: 'lag' is no URL to ask. Write e.g. "http://127.0.0.1:8085/lag".
            line 7, column 52, $.routes[1].gates.signals.a b.most: 'most' must be a number from 0 to 1000000000000. Write e.g. 0.
            line 7, column 68, $.routes[1].gates.signals.a b.patience: 'patience' must be a duration from 00:00:00 to 01:00:00. Write hours, minutes and seconds, e.g. "00:01:00".
            line 8, column 12, $.routes[1].gates.signals.c.url: 'url' is missing. Add "url": "http://127.0.0.1:8085/lag".
            line 8, column 12, $.routes[1].gates.signals.c.value: 'value' is missing. Add "value": "seconds_behind".
            line 8, column 12, $.routes[1].gates.signals.c.most: 'most' is missing. Add "most": 5.
            line 9, column 21, $.routes[1].gates.signals.d.url: 'ftp://a' is no URL to ask. Write e.g. "http://127.0.0.1:8085/lag".
            line 9, column 41, $.routes[1].gates.signals.d.value: This text is empty. Write it in double quotes.
            line 9, column 56, $.routes[1].gates.signals.d.least: 'least' is not known here. Known here: "url", "value", "most", "patience".
            line 10, column 12, $.routes[1].gates.signals.e: This must be an object. Write { … }.
            """, true
        },
        {
            "fallbacks", """
            {
              "legacy": { "address": "http://a" },
              "services": { "s": { "destinations": ["http://b"] } },
              "routes": [
                { "id": "all", "match": { "path": "/all" }, "service": "s", "stage": "legacy", "fallback": "legacy" },
                { "id": "read", "match": { "path": "/orders/{id}", "methods": ["GET"] }, "service": "s", "stage": "service", "fallback": "legacy" },
                { "id": "write", "match": { "path": "/Orders/{**rest}", "methods": ["POST"] }, "service": "s", "stage": "service" },
                { "id": "elsewhere", "match": { "path": "/people/{id}", "methods": ["GET"] }, "service": "s", "stage": "service", "fallback": "legacy" },
                { "id": "waiting", "match": { "path": "/orders/1", "methods": ["GET"] }, "service": "s", "stage": "legacy", "fallback": "legacy" },
                { "id": "to", "match": { "path": "/to", "methods": ["GET"] }, "service": "s", "stage": "service", "fallback": "s" },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 5, column 96, $.routes[0].fallback: A route that takes methods that write cannot fall back: legacy would not know what the service wrote. Name "methods": ["GET", "HEAD"] in its match and give the others an entry of their own, which stays legacy's; or leave 'fallback' out.
            line 6, column 126, $.routes[1].fallback: The writes of these paths have moved to a service (route 'write', line 7), so legacy's answer would be old. Leave 'fallback' out.
            line 10, column 115, $.routes[5].fallback: 's' is no value of 'fallback'. Write "legacy".
            """, true
        },
        {
            "followers", """
            {
              "legacy": { "address": "http://a" },
              "services": { "s": { "destinations": ["http://b"] } },
              "routes": [
                { "id": "page", "match": { "path": "/p", "methods": ["GET"] }, "service": "s", "stage": "legacy", "canary": { "follows": "PAGE" } },
                { "id": "assets", "match": { "path": "/a", "methods": ["GET"] }, "service": "s", "stage": "canary", "canary": { "follows": "page" } },
                { "id": "fonts", "match": { "path": "/f", "methods": ["GET"] }, "service": "s", "stage": "canary", "canary": { "follows": "asset" } },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 5, column 126, $.routes[0].canary.follows: A route cannot follow itself. Write the id of another route, or a "share".
            line 6, column 128, $.routes[1].canary.follows: The route 'page' follows another itself. Write "PAGE".
            line 7, column 127, $.routes[2].canary.follows: There is no route 'asset' to follow. Did you mean "assets"?
            """, false
        },
        {
            "ids and ambiguity", """
            {
              "legacy": { "address": "http://a" },
              "routes": [
                { "id": "a", "match": { "path": "/x/{id}" }, "stage": "legacy" },
                { "id": "A", "match": { "path": "/y" }, "stage": "legacy" },
                { "id": "b", "match": { "path": "/X/{key}/" }, "stage": "legacy" },
                { "id": "c", "match": { "path": "/z", "methods": ["GET", "HEAD"], "hosts": ["h"] }, "stage": "legacy" },
                { "id": "d", "match": { "path": "/z", "methods": ["POST", "HEAD"], "hosts": ["H", "i"] }, "stage": "legacy" },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 5, column 13, $.routes[1].id: The id 'A' is taken by the route in line 4. Give each route its own id.
            line 6, column 27, $.routes[2].match: Routes 'a' (line 4) and 'b' (line 6) match the same requests (/x/{id} and /X/{key}/) and neither is more specific. Change the path, methods or hosts of one, or remove it.
            line 8, column 27, $.routes[4].match: Routes 'c' (line 7) and 'd' (line 8) match the same requests (/z and /z) and neither is more specific. Change the path, methods or hosts of one, or remove it.
            """, false
        },
        {
            "no everything-else", """
            { "legacy": { "address": "http://a" }, "routes": [ { "id": "a", "match": { "path": "/" }, "stage": "legacy" } ] }
            """, """
            line 1, column 50, $.routes: The last entry 'everything-else' is missing. End the list with { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }.
            """, true
        },
        {
            "everything-else not last", """
            {
              "legacy": { "address": "http://a" },
              "routes": [
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" },
                { "id": "a", "match": { "path": "/" }, "stage": "legacy" },
              ],
            }
            """, "line 4, column 13, $.routes[0].id: 'everything-else' must be the last entry. Move it to the end of the list.", false
        },
        {
            "everything-else moved", """
            {
              "legacy": { "address": "http://a" },
              "services": { "s": { "destinations": ["http://b"] } },
              "routes": [
                { "id": "everything-else", "match": { "path": "/a/{**rest}" }, "service": "s", "identity": "required", "stage": "service" }
              ]
            }
            """, """
            line 5, column 41, $.routes[0].match: 'everything-else' must match everything. Write "match": { "path": "/{**rest}" }, without methods, hosts and conditions.
            line 5, column 79, $.routes[0].service: 'everything-else' never moves to one service. Leave "service" out; give what moves an entry of its own.
            line 5, column 96, $.routes[0].identity: 'everything-else' needs no identity: legacy knows its users itself. Leave "identity" out.
            line 5, column 117, $.routes[0].stage: 'everything-else' belongs to legacy. Write "legacy"; give what moves an entry of its own.
            """, true
        },
        {
            "twins", """
            { "legacy": { "address": "http://a" }, "legacy": { "address": "http://b" }, "routes": [ { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" } ] }
            """, "line 1, column 40, $.legacy: 'legacy' appears twice. Keep one.", false
        },
        {
            "column behind an accent", """
            { "legacy": { "address": "http://a" }, /* é 漢 😀 */ "x": 1, "routes": [ { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" } ] }
            """, "line 1, column 53, $.x: 'x' is not known here. Known here: \"$schema\", \"caseSensitive\", \"paths\", \"legacy\", \"services\", \"branches\", \"routes\".", true
        },
        {
            "conditions", """
            {
              "legacy": { "address": "http://a" },
              "branches": { "from": "header", "name": "X-Unit", "known": ["north", "South", "south", "a b"] },
              "routes": [
                { "id": "a", "match": { "path": "/a", "headers": { "X Beta": true, "Host": ["x"], "cookie": true, "X-A": false, "X-B": [], "X-C": ["1", "1"] } }, "stage": "legacy" },
                { "id": "b", "match": { "path": "/b", "headers": {}, "cookies": ["beta"], "branches": ["nort", "east", "north", "north"] }, "stage": "legacy" },
                { "id": "everything-else", "match": { "path": "/{**rest}", "branches": ["north"] }, "stage": "legacy" }
              ]
            }
            """, """
            line 3, column 81, $.branches.known[2]: 'south' is listed twice. Keep one.
            line 3, column 90, $.branches.known[3]: 'a b' is no branch. Use letters, digits, '-', '_' and '.' only.
            line 5, column 56, $.routes[0].match.headers.X Beta: 'X Beta' is no name of a header. Use letters, digits and '-', '_' or '.'.
            line 5, column 72, $.routes[0].match.headers.Host: The host is no condition of this kind. Name it in "hosts".
            line 5, column 87, $.routes[0].match.headers.cookie: The Cookie header holds many cookies. Name the one that counts in "cookies".
            line 5, column 110, $.routes[0].match.headers.X-A: 'X-A' must be true, or a list of values. Write true for "with any value", or e.g. ["1", "2"].
            line 5, column 124, $.routes[0].match.headers.X-B: 'X-B' must be true, or a list of values. Write true for "with any value", or e.g. ["1", "2"].
            line 5, column 141, $.routes[0].match.headers.X-C[1]: '1' is listed twice. Keep one.
            line 6, column 54, $.routes[1].match.headers: 'headers' must be an object that names a header. Write e.g. { "X-Beta": true, "X-Unit": ["1", "2"] }, or leave it out.
            line 6, column 69, $.routes[1].match.cookies: 'cookies' must be an object that names a cookie. Write e.g. { "X-Beta": true, "X-Unit": ["1", "2"] }, or leave it out.
            line 6, column 92, $.routes[1].match.branches[0]: There is no branch 'nort'. Did you mean "north"?
            line 6, column 100, $.routes[1].match.branches[1]: There is no branch 'east'. Branches of this file: "north", "South".
            line 6, column 117, $.routes[1].match.branches[3]: 'north' is listed twice. Keep one.
            line 7, column 41, $.routes[2].match: 'everything-else' must match everything. Write "match": { "path": "/{**rest}" }, without methods, hosts and conditions.
            """, true
        },
        {
            "flags", """
            {
              "legacy": { "address": "http://a", "trace": "yes" },
              "routes": [ { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy", "accessLog": 1 } ]
            }
            """, """
            line 2, column 47, $.legacy.trace: 'trace' must be true or false. Leave it out for false.
            line 3, column 108, $.routes[0].accessLog: 'accessLog' must be true or false. Leave it out for false.
            """, true
        },
        {
            "branches that nobody can know", """
            {
              "legacy": { "address": "http://a" },
              "branches": { "from": "cookie", "known": ["north"] },
              "routes": [ { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" } ]
            }
            """, "line 3, column 15, $.branches.name: 'name' is missing. Add the name of the cookie.", true
        },
        {
            "branches by a name that means nothing", """
            {
              "legacy": { "address": "http://a" },
              "branches": { "from": "host", "name": "X", "known": ["north"] },
              "routes": [ { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" } ]
            }
            """, "line 3, column 41, $.branches.name: A branch from the host has no name. Leave it out.", true
        },
        {
            "branches of a file that has none", """
            {
              "legacy": { "address": "http://a" },
              "routes": [
                { "id": "a", "match": { "path": "/a", "branches": ["north"] }, "stage": "legacy" },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 4, column 55, $.routes[0].match.branches: This file does not say how a branch is known. Add e.g. "branches": { "from": "header", "name": "X-Branch", "known": ["north", "south"] } to the file.
            """, false
        },
        {
            "conditions that may meet", """
            {
              "legacy": { "address": "http://a" },
              "branches": { "from": "query", "name": "unit", "known": ["north", "south"] },
              "routes": [
                { "id": "a", "match": { "path": "/a", "headers": { "X-A": ["1", "2"] } }, "stage": "legacy" },
                { "id": "b", "match": { "path": "/a", "headers": { "x-a": ["3"] } }, "stage": "legacy" },
                { "id": "c", "match": { "path": "/a", "headers": { "X-A": ["2"] } }, "stage": "legacy" },
                { "id": "d", "match": { "path": "/a", "branches": ["north"] }, "stage": "legacy" },
                { "id": "e", "match": { "path": "/b", "branches": ["north"] }, "stage": "legacy" },
                { "id": "f", "match": { "path": "/b", "branches": ["south"] }, "stage": "legacy" },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, """
            line 7, column 27, $.routes[2].match: Routes 'a' (line 5) and 'c' (line 7) match the same requests (/a and /a) and neither is more specific. Have them ask for different values of one header, cookie or branch, or one for more than the other; or remove one.
            line 8, column 27, $.routes[3].match: Routes 'a' (line 5) and 'd' (line 8) match the same requests (/a and /a) and neither is more specific. Have them ask for different values of one header, cookie or branch, or one for more than the other; or remove one.
            """, false
        },
    };
}
