package io.framequota.analysis.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.result.ResultFrame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;

/** What is in the pages is compared by FormatsST, with the readers that people use. */
class ParquetExportTest {
    private static byte[] export(int frames) throws Exception {
        ObjectNode line = (ObjectNode) new ObjectMapper().readTree("""
                {"frame":0,"pts_ms":0,"detections":[{"class":"person","class_id":0,"score":0.9,"box":[1,2,3,4]},
                {"class":"cat","class_id":15,"score":0.4,"box":[1,2,3,4]}]}""");
        ResultFrames all = (sink, pause) -> {
            for (int i = 0; i < frames; i++) {
                sink.frame(ResultFrame.of(line.put("frame", i).put("pts_ms", 1.37 * i)));
            }
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ExportFormat.PARQUET.write(all, () -> new SourceInfo("v.mp4", 640, 480), out);
        return out.toByteArray();
    }

    private static FileMetaData footer(byte[] file) throws Exception {
        assertThat(new String(file, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("PAR1");
        assertThat(new String(file, file.length - 4, 4, StandardCharsets.US_ASCII))
                .isEqualTo("PAR1");
        int length = ByteBuffer.wrap(file, file.length - 8, 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
        return Util.readFileMetaData(new ByteArrayInputStream(file, file.length - 8 - length, length));
    }

    @Test
    void aResultOfManyRowsHasSeveralGroupsWhosePagesAreWhereTheFooterSays() throws Exception {
        byte[] file = export(60_000);

        FileMetaData footer = footer(file);

        assertThat(footer.getNum_rows()).isEqualTo(120_000);
        assertThat(footer.getRow_groups().size()).isGreaterThan(2);
        assertThat(footer.getRow_groups().stream()
                        .mapToLong(RowGroup::getNum_rows)
                        .sum())
                .isEqualTo(120_000);
        for (RowGroup group : footer.getRow_groups()) {
            assertThat(group.getColumns()).hasSize(TableColumn.ALL.size()).allSatisfy(chunk -> {
                ColumnMetaData column = chunk.getMeta_data();
                long values = 0;
                long at = column.getData_page_offset();
                ByteArrayInputStream in = new ByteArrayInputStream(file, (int) at, file.length - (int) at);
                while (values < column.getNum_values()) {
                    PageHeader page = Util.readPageHeader(in);
                    values += page.getData_page_header().getNum_values();
                    in.skipNBytes(page.getCompressed_page_size());
                }
                assertThat(values).isEqualTo(group.getNum_rows());
            });
        }
    }

    @Test
    void aResultWithoutRowsIsATableWithoutRows() throws Exception {
        FileMetaData footer = footer(export(0));

        assertThat(footer.getNum_rows()).isZero();
        assertThat(footer.getSchema()).hasSize(1 + TableColumn.ALL.size());
    }
}
