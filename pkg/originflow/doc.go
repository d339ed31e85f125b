// Package originflow is the subject of this project: it plans which slices of origin flow a time range needs, fetches
// those that are missing, keeps those that are final, and shapes them into series.
//
// It knows time and traffic, nothing of Grafana and nothing of HTTP. A request goes through the files in this order:
// request (what is asked), plan (which slices of which length), store (what is there), fetch (what is missing),
// assemble (slices into a series).
//
// Times inside the package are whole seconds since 1970-01-01T00:00Z.
package originflow
