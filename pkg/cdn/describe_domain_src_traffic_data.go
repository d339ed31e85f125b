package cdn

import "time"

// SrcTrafficData is DescribeDomainSrcTrafficData of API version 2018-05-10, the successor of [SrcFlowData]. It allows
// 100 calls a second per account.
//
// Source: https://api.aliyun.com/document/Cdn/2018-05-10/DescribeDomainSrcTrafficData
var SrcTrafficData = &FlowOperation{
	operation:  operation{name: "DescribeDomainSrcTrafficData", version: "2018-05-10"},
	timeLayout: "2006-01-02T15:04:05Z",
	MaxDomains: 500,
	Unit:       Byte,
	Slices: []Slice{
		{Length: 5 * time.Minute, MaxSpan: 3 * day, History: 93 * day},
		{Length: time.Hour, MaxSpan: 31 * day, History: 186 * day, Delay: 4 * time.Hour},
		{Length: day, MaxSpan: 366 * day, History: 366 * day, Delay: day},
	},
}
