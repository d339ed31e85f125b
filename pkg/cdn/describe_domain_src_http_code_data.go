package cdn

// SrcHTTPCodeData is DescribeDomainSrcHttpCodeData: the answers of the origin by HTTP status code.
var SrcHTTPCodeData = monitoring("DescribeDomainSrcHttpCodeData", Count, layout{
	points: []string{"HttpCodeData"}, list: "UsageData", value: "Value", point: counts,
})
