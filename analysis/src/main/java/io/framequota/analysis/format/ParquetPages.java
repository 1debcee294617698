package io.framequota.analysis.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;

/** The pages of a column in a group of rows, compressed by gzip, which every reader knows. */
final class ParquetPages implements PageWriter {
    private final TableColumn column;
    private final ByteArrayOutputStream dictionary = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final Set<Encoding> encodings = new LinkedHashSet<>();
    private long values;
    private long uncompressed;

    ParquetPages(TableColumn column) {
        this.column = column;
    }

    @Override
    @Deprecated
    public void writePage(
            BytesInput bytes,
            int valueCount,
            Statistics<?> statistics,
            Encoding repetition,
            Encoding definition,
            Encoding encoding)
            throws IOException {
        values += valueCount;
        encodings.addAll(List.of(repetition, definition, encoding));
        add(
                bytes,
                data,
                header(PageType.DATA_PAGE)
                        .setData_page_header(
                                new DataPageHeader(valueCount, named(encoding), named(definition), named(repetition))));
    }

    @Override
    public void writePage(
            BytesInput bytes,
            int valueCount,
            int rowCount,
            Statistics<?> statistics,
            Encoding repetition,
            Encoding definition,
            Encoding encoding)
            throws IOException {
        writePage(bytes, valueCount, statistics, repetition, definition, encoding);
    }

    @Override
    public void writePage(
            BytesInput bytes,
            int valueCount,
            int rowCount,
            Statistics<?> statistics,
            SizeStatistics sizes,
            Encoding repetition,
            Encoding definition,
            Encoding encoding)
            throws IOException {
        writePage(bytes, valueCount, statistics, repetition, definition, encoding);
    }

    @Override
    public void writePageV2(
            int rowCount,
            int nullCount,
            int valueCount,
            BytesInput repetition,
            BytesInput definition,
            Encoding encoding,
            BytesInput bytes,
            Statistics<?> statistics) {
        throw new UnsupportedOperationException("pages of version 2 are not written");
    }

    @Override
    public void writeDictionaryPage(DictionaryPage page) throws IOException {
        encodings.add(page.getEncoding());
        add(
                page.getBytes(),
                dictionary,
                header(PageType.DICTIONARY_PAGE)
                        .setDictionary_page_header(
                                new DictionaryPageHeader(page.getDictionarySize(), named(page.getEncoding()))));
    }

    private static PageHeader header(PageType type) {
        return new PageHeader().setType(type);
    }

    private static org.apache.parquet.format.Encoding named(Encoding encoding) {
        return org.apache.parquet.format.Encoding.valueOf(encoding.name());
    }

    private void add(BytesInput bytes, ByteArrayOutputStream to, PageHeader header) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            bytes.writeAllTo(gzip);
        }
        int before = to.size();
        Util.writePageHeader(
                header.setUncompressed_page_size(Math.toIntExact(bytes.size()))
                        .setCompressed_page_size(compressed.size()),
                to);
        uncompressed += to.size() - before + bytes.size();
        compressed.writeTo(to);
    }

    /** Writes the dictionary, if there is one, and the pages. */
    ColumnChunk writeTo(ParquetBytes file) throws IOException {
        long from = file.position();
        dictionary.writeTo(file);
        long first = file.position();
        data.writeTo(file);
        ColumnMetaData meta = new ColumnMetaData(
                ParquetExport.type(column.kind()),
                new ArrayList<>(encodings.stream().map(ParquetPages::named).toList()),
                List.of(column.name()),
                CompressionCodec.GZIP,
                values,
                uncompressed,
                file.position() - from,
                first);
        if (dictionary.size() > 0) {
            meta.setDictionary_page_offset(from);
        }
        return new ColumnChunk(from).setMeta_data(meta);
    }

    @Override
    public long getMemSize() {
        return (long) dictionary.size() + data.size();
    }

    @Override
    public long allocatedSize() {
        return getMemSize();
    }

    @Override
    public String memUsageString(String prefix) {
        return prefix + " " + getMemSize() + " bytes";
    }
}
