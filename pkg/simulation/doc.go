// Package simulation hunts for what nobody thought of: a deterministic simulation of the plugin's core and the world
// around it, as databases that are trusted test themselves.
//
// A seed makes up a world (world, clock, pipeline, weather): which domains there are, when their slices reach the API and
// which of them change later, how far the API's clock is from ours, how long calls take and which fail, and in which of
// the ways that the documents leave open the API answers. It also makes up who looks at it (actors): wall panels, alert
// rules, readers of three months, editors of the settings, restarts. All of that runs concurrently, against the real
// [originflow.Reader], the real client and the simulated API, on the fake clock of testing/synctest, so that a day takes
// some milliseconds.
//
// An oracle that knows the truth looks at every answer (oracle, values, healing, status, thrift). What it holds us to:
//
//   - nothing is shown before it is final by the API's clock, while provisional slices are hidden;
//   - nothing is shown that the API never said; a rate is the volume by the length of the slice;
//   - late numbers heal: what a live panel shows, the API had in the last minutes;
//   - slices are in order, on their grid and in the range; none is neither shown nor missing; there is no hole at the right
//     edge, and an alert's window is whole;
//   - the calls fit into the token bucket of the account, and into a factor of the ideal ones (thrift);
//   - no query starves: a small one is answered, whatever runs beside it;
//   - every query ends in time; an error has its cause, in a call about the same domains or in the caller;
//   - memory stays within its bound; no goroutine is left, which the bubble sees to.
//
// Every draw is a hash of the seed, of names and of the simulated time, never of the order in which goroutines ran: a seed
// is the same world on every machine and for every version of the plugin. On one processor without preemption, as go tool
// mage simulate runs it, what the plugin does in it is the same too.
//
// A violation prints its seed and the command that runs it again, which tells what went on around it:
//
//	go tool mage simulate 1 4711
package simulation
