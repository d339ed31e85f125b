package cdn

// HTTPCodeData is DescribeDomainHttpCodeData: the answers to visitors by HTTP status code.
var HTTPCodeData = monitoring("DescribeDomainHttpCodeData", Count, layout{
	points: []string{"HttpCodeData"}, list: "UsageData", value: "Value", point: counts,
})
