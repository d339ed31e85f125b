package cdn

// ReqHitRateData is DescribeDomainReqHitRateData: the share of the requests that the cache had.
var ReqHitRateData = monitoring("DescribeDomainReqHitRateData", Percent, layout{
	points: []string{"ReqHitRateInterval"}, list: "DataModule", value: "Value", most: 100,
})
