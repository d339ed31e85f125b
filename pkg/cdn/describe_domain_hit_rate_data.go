package cdn

// HitRateData is DescribeDomainHitRateData: the share of the bytes that the cache had.
var HitRateData = monitoring("DescribeDomainHitRateData", Percent, layout{
	points: []string{"HitRateInterval"}, list: "DataModule", value: "Value", most: 100,
})
