// Package cdnsim is a simulated Alibaba Cloud CDN API: an [http.Handler] that
// answers the operations this plugin calls, over invented but plausible origin
// traffic. Unit tests point a client at it through httptest, benchmarks ask it
// for large answers, and the plugin's demo mode reaches it in process through
// [InProcess], without a socket.
//
// It is strict. A client that signs wrongly, reuses a nonce, sends a malformed
// time or asks for more than the API gives is answered with the error the API's
// documentation names. It shares no code with the client and uses no Alibaba
// SDK, so that a mistake in signing or decoding cannot cancel itself out.
//
// Its traffic is a pure function of domain and time ([Traffic]), so a test can
// compute what any answer has to hold, and two answers never disagree.
//
// Where the documentation is silent or contradicts itself the simulation takes
// the reading that is harder on the client; [Options] turns the other readings
// on one by one.
package cdnsim
