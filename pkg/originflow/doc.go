// Package originflow is the subject of this project: it plans which slices of a metric a time range needs, fetches
// those that are missing, keeps those that are final, and shapes them into series.
//
// It knows time and traffic, nothing of Grafana and nothing of HTTP. A request goes through the files in this order:
// request (what is asked), reader (a series at a time), plan (which slices of which length), sets (which domains in one
// call), fetch and windows (what is missing), store (what is there), flight and call (under way to the API), assemble
// (slices into a series). On the side lie what an account learns (clock, lessons, evidence, refusals, lateness), and its
// budget.
//
// Times inside the package are whole seconds since 1970-01-01T00:00Z.
package originflow
