package io.framequota.ingest.api;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** Adds to the API document what every operation may answer: a problem. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ErrorAnswers implements OASFilter {
    @Override
    public @Nullable Operation filterOperation(Operation operation) {
        APIResponse guessed = operation.getResponses() == null
                ? null
                : operation.getResponses().getAPIResponse("400");
        if (guessed != null && guessed.getContent() == null) {
            operation.getResponses().removeAPIResponse("400");
        }
        if (operation.getResponses() != null && !operation.getResponses().hasAPIResponse("default")) {
            APIResponse problem = OASFactory.createAPIResponse()
                    .description("The request was refused, or it failed; the detail says why and what to do")
                    .content(OASFactory.createContent()
                            .addMediaType(
                                    ProblemResponse.MEDIA_TYPE,
                                    OASFactory.createMediaType()
                                            .schema(OASFactory.createSchema().ref("Problem"))));
            operation.getResponses().addAPIResponse("default", problem);
        }
        return operation;
    }
}
