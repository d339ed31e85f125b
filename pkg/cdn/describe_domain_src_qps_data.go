package cdn

// SrcQPSData is DescribeDomainSrcQpsData: the requests to the origin. It tells them per second only.
var SrcQPSData = monitoring("DescribeDomainSrcQpsData", Count, layout{
	points: []string{"SrcQpsDataPerInterval"}, list: "DataModule", rate: "Value",
})
