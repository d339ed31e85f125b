package cdn

import "time"

// SrcFlowData is DescribeDomainSrcFlowData of API version 2014-11-11, delisted by Alibaba Cloud since 2021: it may
// answer, or be [Retired]. Its unit is bit by the reference page and every Chinese edition.
//
// Source: https://api.aliyun.com/document/Cdn/2014-11-11/DescribeDomainSrcFlowData
var SrcFlowData = &Operation{
	action:     action{name: "DescribeDomainSrcFlowData", version: "2014-11-11"},
	timeLayout: "2006-01-02T15:04Z",
	MaxDomains: 200,
	Unit:       Bit,
	Slices: []Slice{
		{Length: 5 * time.Minute, MaxSpan: 3 * day, History: 90 * day},
		{Length: time.Hour, MaxSpan: 31 * day, History: 90 * day, Delay: 4 * time.Hour},
		{Length: day, MaxSpan: 91 * day, History: 90 * day, Delay: day},
	},
	Merge:           true,
	MaxSpanUnmerged: 31 * day,
	Successor:       SrcTrafficData,
	layout:          originFlow,
}
