package io.framequota.inference.model;

/** Height and width in pixels of the picture that a model receives. */
public record InputSize(int height, int width) {}
