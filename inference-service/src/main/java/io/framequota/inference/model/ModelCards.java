package io.framequota.inference.model;

import io.framequota.contract.control.ModelCard;

/** Describes models to ingest-service. */
public final class ModelCards {

    public static ModelCard of(ModelSpec model) {
        boolean anySize = model.preprocessing().fit() == Preprocessing.Fit.NATIVE;
        return ModelCard.newBuilder()
                .setName(model.name())
                .setWidth(anySize ? 0 : model.input().width())
                .setHeight(anySize ? 0 : model.input().height())
                .setFit(
                        switch (model.preprocessing().fit()) {
                            case LETTERBOX -> ModelCard.Fit.LETTERBOX;
                            case STRETCH -> ModelCard.Fit.STRETCH;
                            case NATIVE -> ModelCard.Fit.NATIVE;
                        })
                .setColour(
                        switch (model.preprocessing().colour()) {
                            case BGR -> ModelCard.Colour.BGR;
                            case RGB -> ModelCard.Colour.RGB;
                            case GRAY -> ModelCard.Colour.GRAY;
                        })
                .setMaxSide(model.maxSide())
                .setPostprocess(model.outputFormat().text())
                .addAllLabels(model.labels())
                .build();
    }

    private ModelCards() {}
}
