// Package cdnsim is a simulated Alibaba Cloud CDN API: an [http.Handler] that
// answers the operations this plugin calls, over invented but plausible traffic,
// at the origin and at the edge. Unit tests point a client at it through httptest, benchmarks ask it
// for large answers, and the plugin's demo mode reaches it in process through
// [InProcess], without a socket.
//
// It is strict. A client that signs wrongly, reuses a nonce, sends a malformed
// time or asks for more than the API gives is answered with the error the API's
// documentation names. It shares no code with the client and uses no Alibaba
// SDK, so that a mistake in signing or decoding cannot cancel itself out.
//
// What it tells is a pure function of domain and time, so a test can compute what
// any answer has to hold, and two answers never disagree: [Traffic] and
// [EdgeTraffic] in bytes, [OriginRequests] and [EdgeRequests], [OriginStatus] and
// [EdgeStatus], [HitRatio] and [RequestHitRatio]. They agree with each other: what
// the origin serves is what the edge delivers but for the hits, and the counts by
// status sum to the requests.
//
// Two domains tell a cache that breaks from a crowd of visitors. In minutes 20 to
// 35 of every hour the origin of static.example.com serves 3 to 4 times the normal
// while the edge delivers as much as ever: the hit ratio falls, and about 6 % of
// the origin's answers are errors. In minutes 40 to 55 shop.example.org has 3 to 4
// times its visitors: edge and origin rise alike, and the hit ratio stays.
//
// Where the documentation is silent or contradicts itself the simulation takes
// the reading that is harder on the client; [Options] turns the other readings
// on one by one.
package cdnsim
