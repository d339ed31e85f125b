package cdn

// TrafficData is DescribeDomainTrafficData: what the edge delivered to visitors.
var TrafficData = monitoring("DescribeDomainTrafficData", Byte, layout{
	points: []string{"TrafficDataPerInterval"}, list: "DataModule", value: "Value",
})
