package cdnsim

var dialect2018 = dialect{
	layout: stampLayout, domainCap: 500, loneTime: &errLoneTime2018,
}

// fields2018 are in byte per slice. HttpsValue is the part of Value that came
// over HTTPS, nine tenths of it.
var fields2018 = []pointField{
	{"Value", func(bytes int64) int64 { return bytes }},
	{"HttpsValue", func(bytes int64) int64 { return bytes - bytes/10 }},
}

// serveSrcTraffic answers DescribeDomainSrcTrafficData of 2018-05-10.
func serveSrcTraffic(r *request) ([]byte, *Error) {
	container := "SrcTrafficDataPerInterval"
	if r.OldContainer {
		container = "SrcFlowDataPerInterval"
	}
	return r.serveFlow(dialect2018, container, fields2018)
}
